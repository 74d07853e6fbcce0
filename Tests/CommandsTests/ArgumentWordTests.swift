import MQTT
import Testing

@testable import Commands

/// How words are cut into options and their arguments.
@Suite struct ArgumentWordTests {
    private func sub(_ words: String...) throws -> CommandSettings { try CommandSettings(.sub, words) }

    @Test func theTeamsNotesWorkAsTheyAre() throws {
        let settings = try sub(
            "-h", "10.42.0.3", "-p", "1883", "-t", "hello/world", "-d", "-u", "ev3", "-P", "formosa")
        #expect(settings.connection.endpoint == Endpoint(host: "10.42.0.3", port: 1883))
        #expect(settings.receiving.filters.map(\.string) == ["hello/world"])
        #expect(settings.isTracing)
        #expect(settings.session.userName == "ev3")
        #expect(settings.session.password == .given(Secret(Array("formosa".utf8))))
        #expect(settings.session.version == .v3_1_1)
    }

    @Test(arguments: [
        ["-p", "1884"], ["-p1884"], ["--port", "1884"], ["--port=1884"], ["-p", " 1884"], ["-p", "01884"],
    ])
    func anArgumentStandsBehindItsOptionOrIsJoined(words: [String]) throws {
        #expect(try CommandSettings(least: .sub, words).connection.endpoint.port == 1884)
    }

    @Test func flagsStandTogetherAndTheLastMayTakeTheNextWord() throws {
        let settings = try sub("-dvNt", "a/b")
        #expect(settings.isTracing && settings.output.isVerbose && settings.output.omitsNewline)
        #expect(settings.receiving.filters.map(\.string) == ["a/b"])
        #expect(try CommandSettings(.pub, ["-rdnt", "a"]).sending.source == .empty)
    }

    @Test(arguments: [
        "-dta", "-dz", "-vD", "-help", "-host", "-qos", "-version", "-", "--", "-z", "a", "--verb", "-é", "-d=1",
    ])
    func whatCouldMeanTwoThingsIsRefused(word: String) {
        #expect(complaint(.sub, ["-t", "a", word]).hasPrefix("Error: Unknown option '\(word)'"))
    }

    @Test func anArgumentMayLookLikeAnOption() throws {
        #expect(try CommandSettings(.pub, ["-t", "a", "-m", "-42"]).sending.source == .argument(Array("-42".utf8)))
        #expect(try CommandSettings(.pub, ["-t", "a", "-m-42"]).sending.source == .argument(Array("-42".utf8)))
        #expect(try CommandSettings(.pub, ["-t", "-x/y", "-m", "-d"]).sending.topic?.string == "-x/y")
        #expect(try CommandSettings(.pub, ["-t", "-x/y", "-m", "-d"]).isTracing == false)
        #expect(try CommandSettings(.pub, ["-t", "a", "--message="]).sending.source == .argument([]))
        #expect(
            try CommandSettings(.pub, ["-t", "a", "-m", "--help"]).sending.source == .argument(Array("--help".utf8)))
        #expect(try sub("-t", "a", "-P", "-o", "-u", "x").session.password == .given(Secret(Array("-o".utf8))))
    }

    @Test func payloadsAndPasswordsAreAnyBytes() throws {
        let bytes: [UInt8] = [0xFF, 0x01, 0x80]
        let words = [Array("-t".utf8), Array("a".utf8), Array("-m".utf8), bytes]
        guard case .run(let settings) = try CommandArguments(.pub, words: words, version: "") else {
            Issue.record("no run")
            return
        }
        #expect(settings.sending.source == .argument(bytes))
        let joined = [Array("-ta".utf8), Array("--message=".utf8) + bytes]
        guard case .run(let settings) = try CommandArguments(.pub, words: joined, version: "") else {
            Issue.record("no run")
            return
        }
        #expect(settings.sending.source == .argument(bytes))
    }

    @Test(arguments: ["-t", "-h", "-u", "-i", "-T", "-U", "--unix"])
    func whatHasToBeTextIsText(name: String) {
        let words = [Array("-ta".utf8), Array(name.utf8), [0x61, 0xFF]]
        #expect(throws: UsageError.self) { try CommandArguments(.sub, words: words, version: "") }
        do {
            _ = try CommandArguments(.sub, words: words, version: "")
        } catch {
            #expect(error.message == "Error: Malformed UTF-8 in \(name) argument.")
        }
    }

    @Test func theLastOfARepeatedOptionCountsAndListsAddUp() throws {
        let settings = try sub("-t", "a", "-h", "x", "-h", "y", "-t", "b", "-T", "c", "-T", "d", "-U", "e", "-d", "-d")
        #expect(settings.connection.host == "y")
        #expect(settings.receiving.filters.map(\.string) == ["a", "b"])
        #expect(settings.receiving.filteredOut.map(\.string) == ["c", "d"])
        #expect(settings.receiving.unsubscribed.map(\.string) == ["e"])
        #expect(try CommandSettings(.pub, ["-t", "a", "-t", "b", "-n"]).sending.topic?.string == "b")
    }

    @Test func whatIsWrongIsOneLineThatSaysWhatToDo() {
        #expect(complaint(.sub, ["-t", "a", "--verb"]) == "Error: Unknown option '--verb'. Is --verbose meant?")
        #expect(complaint(.pub, ["-C", "3"]) == "Error: Unknown option '-C'. It is an option of mqscope sub.")
        #expect(complaint(.rr, ["-l"]) == "Error: Unknown option '-l'. It is an option of mqscope pub.")
        #expect(complaint(.sub, ["hello/world"]).hasSuffix("A filter stands behind -t."))
        #expect(complaint(.sub, ["-t", "a", "--verbose=1"]).hasSuffix("--verbose takes no argument."))
        #expect(!complaint(.sub, ["-t", "a", "--\u{1B}[2J\n"]).contains("\u{1B}"))
        #expect(!complaint(.sub, ["-t", "a", "--x\ny"]).contains("\n"))
    }

    @Test func anOptionThatPrintsActsAsSoonAsItIsReached() throws {
        for word in ["--help", "--version", "--manual"] {
            guard case .print = try CommandArguments(.sub, ["-d", word, "--nonsense"]) else {
                Issue.record("\(word) runs")
                continue
            }
            #expect(throws: UsageError.self) { try CommandArguments(.sub, ["--nonsense", word]) }
        }
    }
}
