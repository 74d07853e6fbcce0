import MQTT
import Testing

@testable import Commands

/// What is wrong with a value or with several options together, in mosquitto's words.
@Suite struct ArgumentErrorTests {
    @Test(arguments: [
        ("-p 65536", "Error: Invalid port given: 65536"), ("-p -1", "Error: Invalid port given: -1"),
        ("-p abc", "Error: Invalid port given: abc"), ("-p 1883x", "Error: Invalid port given: 1883x"),
        ("-q 3", "Error: Invalid QoS given: 3"), ("-q -1", "Error: Invalid QoS given: -1"),
        ("-q abc", "Error: Invalid QoS given: abc"),
        ("-k 4", "Error: Invalid keepalive given, it must be between 5 and 65535 inclusive."),
        ("-k 65536", "Error: Invalid keepalive given, it must be between 5 and 65535 inclusive."),
        ("-k 0", "Error: Invalid keepalive given, it must be between 5 and 65535 inclusive."),
        ("-V 3.1.1", "Error: Invalid protocol version argument given."),
        ("-V 4", "Error: Invalid protocol version argument given."),
        ("-x abc", "Error: session-expiry-interval not a number."),
        ("-x 1s", "Error: session-expiry-interval not a number."),
        ("-x --1", "Error: session-expiry-interval not a number."),
        ("-x 4294967296", "Error: session-expiry-interval out of range."),
        ("-x -2", "Error: session-expiry-interval out of range."),
        ("-C 0", "Error: Invalid message count \"0\"."), ("-C x", "Error: Invalid message count \"x\"."),
        ("-W 0", "Error: Invalid timeout \"0\"."), ("-W -1", "Error: Invalid timeout \"-1\"."),
        ("-W nan", "Error: Invalid timeout \"nan\"."), ("-W 0.0001", "Error: Invalid timeout"),
        ("-M 0", "Error: Maximum inflight messages must be greater than 0."),
        ("--will-qos 3", "Error: Invalid will QoS 3."),
        ("--will-topic a/+", "Error: Invalid will topic 'a/+', does it contain '+' or '#'?"),
        ("-t a/#/b", "Error: Invalid subscription topic 'a/#/b', are all '+' and '#' wildcards correct?"),
        ("-t a+", "Error: Invalid subscription topic 'a+', are all '+' and '#' wildcards correct?"),
        ("-t ", "Error: Invalid subscription topic ''"), ("-t $share/g", "Error: Invalid subscription topic"),
        ("-T a/#/b", "Error: Invalid filter topic 'a/#/b', are all '+' and '#' wildcards correct?"),
        ("-U a/#/b", "Error: Invalid unsubscribe topic 'a/#/b', are all '+' and '#' wildcards correct?"),
        ("--random-filter 0", "Error: --random-filter chance must be between 0.1-100.0"),
        ("--random-filter 100.1", "Error: --random-filter chance must be between 0.1-100.0"),
        ("--random-filter x", "Error: --random-filter chance must be between 0.1-100.0"),
        ("--retain-handling x", "Error: Unknown value 'x' for --retain-handling."),
        ("-R --retained-only", "Error: Combining '-R' and '--retained-only' makes no sense."),
        ("--retained-only -R", "Error: Combining '-R' and '--retained-only' makes no sense."),
        ("-i x -I y", "Error: -i and -I argument cannot be used together."),
        ("-I x -i y", "Error: -i and -I argument cannot be used together."),
        ("-i ", "Error: Invalid id and/or clean_session."), ("-i a\u{1}", "Error: Invalid -i argument."),
        ("-u a\u{7F}", "Error: Invalid -u argument."),
        ("-c -x 5", "Error: Invalid id and/or clean_session."),
        ("-c", "Error: You must provide a client id if you are using the -c option."),
        ("-c -I x", "Error: You must provide a client id if you are using the -c option."),
        (
            "-c -V 5",
            "Error: You must provide a client id if you are using an infinite session expiry interval."
        ),
        (
            "-x -1 -I me",
            "Error: You must provide a client id if you are using an infinite session expiry interval."
        ),
        ("-P x", "Error: Problem setting username and/or password."),
        ("--password-file x", "Error: Problem setting username and/or password."),
        ("--will-payload x", "Error: Will payload given, but no will topic given."),
        ("--will-retain", "Error: Will retain given, but no will topic given."),
        ("--cert x", "Error: Both certfile and keyfile must be provided if one of them is set."),
        ("--key x", "Error: Both certfile and keyfile must be provided if one of them is set."),
        ("--keyform pem", "Error: If keyform is set, keyfile must be also specified."),
        (
            "--cert x --key y --keyform z",
            "Error: Problem setting key form, it must be one of 'pem' or 'engine'."
        ),
        ("--cert x --key y --keyform engine", "Error: --tls-engine and --keyform engine are not possible here."),
        ("--tls-engine x", "Error: --tls-engine and --keyform engine are not possible here."),
        (
            "--tls-engine-kpass-sha1 x",
            "Error: when using tls-engine-kpass-sha1, both tls-engine and keyform must also be provided."
        ),
        ("-S", "Error: -S is not possible here"), ("--psk ab", "Error: --psk-identity required if --psk used."),
        ("--psk xy --psk-identity z", "Error: Problem setting TLS-PSK options."),
        (
            "--psk ab --psk-identity x --cafile y",
            "Error: Only one of --psk or --cafile/--capath may be used at once."
        ),
        ("--psk ab --psk-identity x --tls-version tlsv1.3", "Error: Problem setting TLS options"),
        ("--tls-version tlsv1.1", "Error: Problem setting TLS options, check the options are valid."),
        ("--fingerprint ab", "Error: Invalid fingerprint given."),
        ("--ws-header x", "Error: Invalid header given."), ("--ws-header Upgrade:x", "Error: Invalid header given."),
        ("--ws-header :x", "Error: Invalid header given."),
        ("--unix /x --tls", "Error: A unix domain socket goes without TLS, WebSocket and proxy."),
        ("--unix /x --ws", "Error: A unix domain socket goes without TLS, WebSocket and proxy."),
        ("-h mqtt://x", "Error: Invalid host given."), ("-h ", "Error: -h argument given but no host specified."),
        ("--json --pretty", "Error: --json and --pretty cannot be used together."),
        ("--completions ksh", "Error: Unknown shell 'ksh'."),
    ]) func ofSub(words: String, message: String) {
        let words = words.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        let text = complaint(.sub, ["-t", "a"] + words)
        #expect(text.hasPrefix(message))
        #expect(!text.contains("\n"))
    }

    @Test(arguments: [
        ("-m x -m y", "Error: Only one type of message can be sent at once."),
        ("-m x -n", "Error: Only one type of message can be sent at once."),
        ("-l -f x", "Error: Only one type of message can be sent at once."),
        ("-s -s", "Error: Only one type of message can be sent at once."),
        ("-m x -t a/+", "Error: Invalid publish topic 'a/+', does it contain '+' or '#'?"),
        ("-m x --repeat 0", "Error: --repeat argument must be >0."),
        ("-m x --repeat x", "Error: --repeat argument must be >0."),
        ("-m x --repeat-delay -1", "Error: --repeat-delay argument must be >=0.0."),
        ("-m x --repeat-delay inf", "Error: --repeat-delay argument must be >=0.0."),
        ("-m x -q 3", "Error: Invalid QoS given: 3"), ("-f ", "Error: -f argument given but no file specified."),
        ("", "Error: Both topic and message must be supplied."),
    ]) func ofPub(words: String, message: String) {
        let words = words.isEmpty ? [] : words.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        #expect(complaint(.pub, ["-t", "a"] + words).hasPrefix(message))
    }

    @Test func whatIsMissing() {
        let sub = "Error: You must specify a topic to subscribe to (-t) or unsubscribe from (-U)."
        #expect(complaint(.sub, []).hasPrefix(sub))
        #expect(complaint(.pub, ["-m", "x"]).hasPrefix("Error: Both topic and message must be supplied."))
        let rr = "Error: All of topic, message, and response topic must be supplied."
        for words in [[], ["-t", "a"], ["-t", "a", "-m", "x"], ["-m", "x", "-e", "b"]] {
            #expect(complaint(.rr, words).hasPrefix(rr))
        }
        let words = ["-t", "a", "-m", "x", "-e", "a/+"]
        #expect(complaint(.rr, words).hasPrefix("Error: Invalid response topic 'a/+', does it contain '+' or '#'?"))
    }

    @Test func theFirstErrorIsTheOneThatIsSaid() {
        #expect(complaint(.sub, ["-q", "3", "-p", "x"]).hasPrefix("Error: Invalid QoS"))
        #expect(complaint(.sub, ["--will-retain", "--cert", "x"]).hasPrefix("Error: Will retain"))
        #expect(complaint(.sub, ["--cert", "x", "-c"]).hasPrefix("Error: Both certfile"))
        #expect(complaint(.sub, ["-c"]).hasPrefix("Error: You must provide"))
        #expect(complaint(.sub, ["-P", "x"]).hasPrefix("Error: You must specify a topic"))
        #expect(complaint(.sub, ["--will-retain", "--nonsense"]).hasPrefix("Error: Unknown option"))
    }

    @Test func whatGoesTogether() throws {
        let legal: [[String]] = [
            ["-V", "5", "-P", "x"], ["--no-tls", "--cert", "x"], ["--no-tls", "--tls-engine", "x"],
            ["-x", "5", "-c", "-I", "x"], ["-D", "will", "content-type", "x"], ["--will-qos", "1"],
            ["-D", "connect", "session-expiry-interval", "4294967295"], ["--psk-identity", "x"],
            ["-C", "1", "-W", "1", "-E", "-v", "-F", "%p", "-N", "--pretty", "-w"],
            ["--unix", "/x", "-p", "1", "--tls"],
        ]
        for words in legal { #expect(complaint(.sub, ["-t", "a"] + words) == "", "\(words)") }
    }
}
