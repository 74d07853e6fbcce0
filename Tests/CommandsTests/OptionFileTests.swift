import MQTT
import Testing

@testable import Commands

/// Files of options, and where they are.
@Suite struct OptionFileTests {
    private func file(_ text: String) -> OptionFile { OptionFile(path: "/etc/x", bytes: Array(text.utf8)) }

    private func sub(_ text: String, _ words: String...) throws -> CommandSettings {
        try CommandSettings(.sub, words, file: file(text))
    }

    @Test func eachLineIsAnOptionAndTheRestOfTheLineItsArgument() throws {
        let settings = try sub(
            """
            # a comment
            -h robot
              -p 1884

            -d
            --will-topic w
            --will-payload  two  spaces 
            -u ev3\r
            -P for # mosa
            -t a b
            --qos=1
            """)
        #expect(settings.connection.endpoint == Endpoint(host: "robot", port: 1884))
        #expect(settings.isTracing && settings.qos == .atLeastOnce)
        #expect(settings.will?.message.payload == Array(" two  spaces ".utf8))
        #expect(settings.session.userName == "ev3")
        #expect(settings.session.password == .given(Secret(Array("for # mosa".utf8))))
        #expect(settings.receiving.filters.map(\.string) == ["a b"])
    }

    @Test func theCommandLineWinsAndListsAddUp() throws {
        let settings = try sub("-h x\n-t a\n-T c\n-V 311\n", "-h", "y", "-t", "b", "-T", "d", "-V", "5")
        #expect(settings.connection.host == "y" && settings.session.version == .v5_0)
        #expect(settings.receiving.filters.map(\.string) == ["a", "b"])
        #expect(settings.receiving.filteredOut.map(\.string) == ["c", "d"])
        #expect(complaint(.pub, ["-t", "a", "-n"], file: file("-m x")).hasPrefix("Error: Only one type of message"))
        #expect(complaint(.sub, ["-t", "a", "-I", "x"], file: file("-i x")).hasPrefix("Error: -i and -I"))
    }

    @Test func propertiesTakeTheirWordsFromTheLine() throws {
        let settings = try sub("-D connect user-property k v w\n-D connect receive-maximum 5\n-t a")
        #expect(settings.properties.connect.userProperties == [UserProperty("k", "v w")])
        #expect(settings.properties.connect.receiveMaximum == 5)
    }

    @Test(arguments: [
        ("-t a\n\n-z", "Error: Unknown option '-z' (line 3 of /etc/x)."),
        ("-q 3", "Error: Invalid QoS given: 3 (line 1 of /etc/x). QoS is 0, 1 or 2."),
        ("-h", "Error: -h argument given but no host specified (line 1 of /etc/x)."),
        ("-h ", "Error: -h argument given but no host specified (line 1 of /etc/x)."),
        ("-d x", "Error: Unknown option 'x' (line 1 of /etc/x)."),
        ("-h\tx", "Error: Invalid host given"), ("-m x", "Error: Unknown option '-m'"),
        (" # x", "Error: Unknown option '#'"),
        ("-D connect", "Error: --property argument given but not enough"),
    ]) func anErrorNamesItsLine(text: String, message: String) {
        #expect(complaint(.sub, ["-t", "a"], file: file(text)).hasPrefix(message))
    }

    @Test func aFileThatNamesAFileIsNotFollowed() throws {
        #expect(try sub("-o /other\n-t a").receiving.filters.count == 1)
    }

    @Test func linesMayBeLong() throws {
        let payload = String(repeating: "x", count: 10_000)
        #expect(try sub("-t a\n--will-topic w\n--will-payload \(payload)").will?.message.payload.count == 10_000)
    }

    private func place(_ words: String..., environment: [String: String]) throws -> OptionFile.Place {
        try OptionFile.place(for: .sub, words: words.map { Array($0.utf8) }, environment: environment)
    }

    @Test func itIsInTheFolderForConfigurations() throws {
        #expect(
            try place("-t", "a", environment: ["XDG_CONFIG_HOME": "/c", "HOME": "/h"])
                == .usual(["/c/mqscope/sub", "/c/mosquitto_sub"]))
        #expect(
            try place("-t", "a", environment: ["HOME": "/h"])
                == .usual(["/h/.config/mqscope/sub", "/h/.config/mosquitto_sub"]))
        #expect(try place("-t", "a", environment: [:]) == .usual([]))
    }

    @Test func anOptionNamesItUnlessTheWordIsAnArgument() throws {
        #expect(try place("-t", "a", "-o", "f", environment: [:]) == .named("f"))
        #expect(try place("-of", environment: [:]) == .named("f"))
        #expect(try place("-P", "-o", "-t", "a", environment: [:]) == .usual([]))
        #expect(try place("--help", "-o", "f", environment: [:]) == .usual([]))
        #expect(try place("--nonsense", "-o", "f", environment: [:]) == .usual([]))
        #expect(throws: UsageError.self) { try place("-o", "f", "-o", "g", environment: [:]) }
    }
}
