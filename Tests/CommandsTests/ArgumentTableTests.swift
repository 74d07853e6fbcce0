import Testing

@testable import Commands

/// The table of options against the list of what mosquitto 2.1 takes.
@Suite struct ArgumentTableTests {
    /// Every option of mosquitto's commands: its names, and who takes it as the first letters of sub, pub, rr.
    static let original: [(names: [String], takers: String)] = [
        (["-h", "--host"], "spr"), (["-p", "--port"], "spr"), (["--unix"], "spr"), (["-L", "--url"], "spr"),
        (["-A"], "spr"), (["-S"], "spr"), (["--ws"], "spr"), (["--proxy"], "spr"), (["--nodelay"], "spr"),
        (["-k", "--keepalive"], "spr"), (["-i", "--id"], "spr"), (["-I", "--id-prefix"], "spr"),
        (["-c", "--disable-clean-session"], "spr"), (["-x"], "spr"), (["-V", "--protocol-version"], "spr"),
        (["-u", "--username"], "spr"), (["-P", "--pw"], "spr"), (["--will-topic"], "spr"), (["--will-payload"], "spr"),
        (["--will-qos"], "spr"), (["--will-retain"], "spr"), (["-D", "--property"], "spr"), (["-M"], "spr"),
        (["-o"], "spr"), (["-d", "--debug"], "spr"), (["--quiet"], "spr"), (["--help"], "spr"), (["--version"], "spr"),
        (["--cafile"], "spr"), (["--capath"], "spr"), (["--cert"], "spr"), (["--key"], "spr"), (["--keyform"], "spr"),
        (["--ciphers"], "spr"), (["--tls-version"], "spr"), (["--tls-alpn"], "spr"), (["--tls-engine"], "spr"),
        (["--tls-engine-kpass-sha1"], "spr"), (["--tls-use-os-certs"], "spr"), (["--tls-keylog"], "spr"),
        (["--insecure"], "spr"), (["--psk"], "spr"), (["--psk-identity"], "spr"), (["--no-tls"], "spr"),
        (["-t", "--topic"], "spr"), (["-U", "--unsubscribe"], "s"), (["-T", "--filter-out"], "s"),
        (["-q", "--qos"], "spr"), (["-R"], "sr"), (["--retained-only"], "s"), (["--remove-retained"], "s"),
        (["--retain-as-published"], "sr"), (["--retain-handling"], "sr"), (["-C"], "s"), (["-E"], "s"), (["-W"], "sr"),
        (["-F"], "sr"), (["-v", "--verbose"], "sr"), (["-N"], "sr"), (["--pretty"], "sr"), (["--random-filter"], "s"),
        (["-w", "--watch"], "s"), (["--message-rate"], "s"), (["-m", "--message"], "pr"),
        (["-n", "--null-message"], "pr"),
        (["-f", "--file"], "pr"), (["-s", "--stdin-file"], "pr"), (["-l", "--stdin-line"], "p"),
        (["-r", "--retain"], "p"),
        (["--repeat"], "p"), (["--repeat-delay"], "p"), (["-e"], "r"), (["--latency"], "r"),
    ]

    /// Ours besides.
    static let added: [(names: [String], takers: String)] = [
        (["--json"], "sr"), (["--raw"], "sr"), (["--safe"], "sr"), (["--password-file"], "spr"),
        (["--ask-password"], "spr"), (["--tls"], "spr"), (["--fingerprint"], "spr"), (["--key-passphrase-file"], "spr"),
        (["--ws-path"], "spr"), (["--ws-header"], "spr"), (["--strict"], "spr"), (["--manual"], "spr"),
        (["--completions"], "spr"),
    ]

    @Test func everyOptionIsTakenByWhomMosquittoSays() {
        for (names, takers) in Self.original + Self.added {
            for command in Command.allCases {
                let found = OptionTable.options(of: command).filter { $0.names == names }
                let isTaken = takers.contains(command.rawValue.prefix(1))
                #expect(found.count == (isTaken ? 1 : 0), "\(command) \(names)")
                if !isTaken, let name = names.first {
                    #expect(complaint(command, [name]).hasPrefix("Error: Unknown option '\(name)'. It is an option of"))
                }
            }
        }
    }

    @Test func thereIsNoOptionBesides() {
        let known = Set((Self.original + Self.added).flatMap(\.names))
        #expect(Set(OptionTable.all.flatMap(\.names)) == known)
    }

    @Test(arguments: Command.allCases) func noNameMeansTwoThings(command: Command) {
        let names = OptionTable.options(of: command).flatMap(\.names)
        #expect(Set(names).count == names.count)
        for name in names { #expect(name.wholeMatch(of: /-[A-Za-z]|--[a-z0-9][a-z0-9-]+/) != nil, "\(name)") }
    }

    @Test(arguments: OptionTable.all.map(\.usage)) func everyOptionHasALineOfHelp(usage: String) {
        let options = OptionTable.all.filter { $0.usage == usage }
        for option in options {
            #expect(option.help.hasSuffix(".") || option.help.hasSuffix(")"), "\(option.help)")
            #expect(option.help.count <= 110, "\(usage): \(option.help.count)")
            #expect(!option.help.contains("\n") && !option.help.contains("\t"))
        }
    }

    /// What mosquitto says when an argument is missing, as it was seen.
    @Test(arguments: [
        ("-h", "-h argument given but no host specified."), ("--host", "-h argument given but no host specified."),
        ("-p", "-p argument given but no port specified."), ("-u", "-u argument given but no username specified."),
        ("-P", "-P argument given but no password specified."), ("-i", "-i argument given but no id specified."),
        ("-I", "-I argument given but no id prefix specified."),
        ("-k", "-k argument given but no keepalive specified."), ("-q", "-q argument given but no QoS specified."),
        ("-t", "-t argument given but no topic specified."),
        ("-T", "-T argument given but no topic filter specified."),
        ("-U", "-U argument given but no unsubscribe topic specified."),
        ("-W", "-W argument given but no timeout specified."), ("-C", "-C argument given but no count specified."),
        ("-F", "-F argument given but no format specified."),
        ("-V", "--protocol-version argument given but no version specified."),
        ("-x", "-x argument given but no session expiry interval specified."),
        ("-D", "--property argument given but not enough arguments specified."),
        ("-L", "-L argument given but no URL specified."), ("-A", "-A argument given but no address specified."),
        ("--unix", "--unix argument given but no socket path specified."),
        ("--will-topic", "--will-topic argument given but no will topic specified."),
        ("--will-payload", "--will-payload argument given but no will payload specified."),
        ("--will-qos", "--will-qos argument given but no will QoS specified."),
        ("--cafile", "--cafile argument given but no file specified."),
        ("--capath", "--capath argument given but no directory specified."),
        ("--cert", "--cert argument given but no file specified."),
        ("--key", "--key argument given but no file specified."),
        ("--keyform", "--keyform argument given but no keyform specified."),
        ("--ciphers", "--ciphers argument given but no ciphers specified."),
        ("--tls-version", "--tls-version argument given but no version specified."),
        ("--tls-alpn", "--tls-alpn argument given but no protocol specified."),
        ("--tls-engine", "--tls-engine argument given but no engine_id specified."),
        ("--tls-engine-kpass-sha1", "--tls-engine-kpass-sha1 argument given but no kpass sha1 specified."),
        ("--tls-keylog", "--tls-keylog argument given but no file specified."),
        ("--psk", "--psk argument given but no key specified."),
        ("--psk-identity", "--psk-identity argument given but no identity specified."),
        ("--proxy", "--proxy argument given but no proxy url specified."),
        ("--random-filter", "--random-filter argument given but no chance specified."),
        ("--retain-handling", "--retain-handling argument given but no option specified."),
        ("-M", "-M argument given but max_inflight not specified."),
        ("-m", "-m argument given but no message specified."), ("-f", "-f argument given but no file specified."),
        ("--repeat", "--repeat argument given but no count specified."),
        ("--repeat-delay", "--repeat-delay argument given but no time specified."),
        ("-e", "-e argument given but no response topic specified."),
        ("-o", "-o argument given but no options file specified."),
    ]) func aMissingArgumentIsSaidInMosquittosWords(name: String, words: String) throws {
        let command = try #require(
            Command.allCases.first { command in OptionTable.options(of: command).contains { $0.names.contains(name) } })
        #expect(complaint(command, [name]).hasPrefix("Error: \(words)"))
        let option = try #require(OptionTable.options(of: command).first { $0.names.contains(name) })
        #expect(option.arguments.isEmpty == false)
    }
}
