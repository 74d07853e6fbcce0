import Foundation
import Testing

@Suite("The table of conformance")
struct ConformanceTableTests {
    /// How many numbered statements of each section a client can keep or check, so that none gets lost.
    private static let counts = [
        "MQTT 5.0": """
        1.5.4:3 1.5.5:1 1.5.7:1 2.1.3:1 2.2.1:5 2.2.2:1 3.1.0:2 3.1.2:21 3.1.3:9 3.1.4:1 3.2.0:2 3.2.2:19 3.3.1:10
        3.3.2:12 3.3.4:8 3.4.2:3 3.5.2:3 3.6.1:1 3.6.2:3 3.7.2:3 3.8.1:1 3.8.3:5 3.8.4:8 3.9.2:2 3.9.3:2 3.10.1:1
        3.10.3:2 3.10.4:5 3.11.2:2 3.11.3:2 3.12.4:1 3.14.0:1 3.14.1:1 3.14.2:4 3.14.4:3 3.15.1:1 3.15.2:3 4.1.0:1
        4.2.0:1 4.3.1:1 4.3.2:5 4.3.3:13 4.4.0:2 4.5.0:1 4.6.0:4 4.7.0:1 4.7.1:2 4.7.2:1 4.7.3:4 4.8.2:3 4.9.0:3
        4.12.0:7 4.12.1:2 4.13.2:1 6.0.0:4
        """,
        "MQTT 3.1.1": """
        1.5.3:3 2.2.2:2 2.3.1:7 3.1.0:2 3.1.2:16 3.1.3:10 3.2.0:1 3.2.2:6 3.3.1:7 3.3.2:3 3.3.4:1 3.3.5:1 3.6.1:1
        3.8.1:1 3.8.3:2 3-8.3:1 3.8.4:6 3.9.3:2 3.10.1:1 3.10.3:2 3.10.4:5 3.12.4:1 3.14.1:1 3.14.4:3 4.1.0:2 4.3.1:1
        4.3.2:2 4.3.3:2 4.4.0:1 4.5.0:1 4.6.0:4 4.7.1:3 4.7.2:1 4.7.3:4 4.8.0:2 6.0.0:4 7.0.0:1 7.1.2:1
        """,
    ]
    private static let totals = ["MQTT 5.0": 209, "MQTT 3.1.1": 114]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")

    /// The article's rows below the heading of `version`, each as its three cells.
    private func rows(of version: String) throws -> [[String]] {
        let file = Self.root.appending(path: "Sources/MQTTClient/MQTTClient.docc/Conformance.md")
        let article = try String(contentsOf: file, encoding: .utf8)
        let chapter = try #require(
            article.components(separatedBy: "\n## ").first { $0.hasPrefix(version + "\n") }, "\(version)")
        return chapter.split(separator: "\n").filter { $0.hasPrefix("| MQTT-") }.map { line in
            line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
        }
    }

    /// The functions that are tests, by their suite's type, of all test targets.
    private func tests() throws -> [String: Set<String>] {
        var tests: [String: Set<String>] = [:]
        let folder = Self.root.appending(path: "Tests").path(percentEncoded: false)
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.hasSuffix("Tests.swift") {
            let source = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
            var suite = ""
            var isTest = false
            for line in source.split(separator: "\n") {
                if line.first != " ", let match = line.firstMatch(of: /^(?:final )?(?:struct|class|actor) (\w+)/) {
                    suite = String(match.1)
                }
                if line.drop(while: { $0 == " " }).hasPrefix("@Test") { isTest = true }
                if isTest, let match = line.firstMatch(of: /\bfunc (\w+)\(/) {
                    tests[suite, default: []].insert(String(match.1))
                    isTest = false
                }
            }
        }
        return tests
    }

    @Test("every statement stands there once", arguments: ["MQTT 5.0", "MQTT 3.1.1"])
    func complete(version: String) throws {
        let numbers = try rows(of: version).flatMap { $0[0].components(separatedBy: ", ") }
        #expect(numbers.count == Self.totals[version])
        #expect(Set(numbers).count == numbers.count, "a number twice")
        var found: [String: Int] = [:]
        for number in numbers {
            let match = try #require(number.wholeMatch(of: /MQTT-(\d+[.-]\d+\.\d+)-\d+|MQTT-(3-8\.3)-4/), "\(number)")
            found[String(match.1 ?? match.2 ?? ""), default: 0] += 1
        }
        let expected = try #require(Self.counts[version]).split(whereSeparator: \.isWhitespace).sorted()
        #expect(found.map { "\($0.key):\($0.value)" }.sorted() == expected.map(String.init))
    }

    @Test("every test it names exists, and where it names none it says why", arguments: ["MQTT 5.0", "MQTT 3.1.1"])
    func named(version: String) throws {
        let tests = try tests()
        var count = 0
        for row in try rows(of: version) {
            try #require(row.count == 3 && row.allSatisfy { !$0.isEmpty }, "\(row)")
            for match in row[2].matches(of: /`(\w+)\.(\w+)`/) {
                let (suite, function) = (String(match.1), String(match.2))
                #expect(tests[suite]?.contains(function) == true, "\(suite).\(function), for \(row[0])")
                count += 1
            }
        }
        #expect(count > 100)
    }
}
