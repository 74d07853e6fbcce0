import CLinux
import Dashboard
import Foundation
import MQTT
import Testing

@testable import mqscope

/// Reading the broker's log from a file and by a command: what becomes of bytes.
@Suite struct LogSourceTests {
    /// A folder of its own.
    private final class Folder {
        let path = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString

        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// A file of these bytes.
        func file(_ bytes: Data) throws -> String {
            try bytes.write(to: URL(fileURLWithPath: path + "/mosquitto.log"))
            return path + "/mosquitto.log"
        }
    }

    /// All lines that a source brings until it has nothing more, or `count` of them, and how it stood first.
    private func read(
        _ kind: LogSource.Kind, until count: Int = .max
    ) -> (lines: [String], state: BrokerLogSource.State?) {
        var source = LogSource(kind)
        var (lines, state): ([String], BrokerLogSource.State?) = ([], nil)
        let deadline = Date() + 30
        while Date() < deadline, lines.count < count {
            let now = Instant(nanoseconds: clinux_now())
            let events = source.look(at: now)
            for event in events {
                switch event {
                case .brokerLog(let new, _): lines += new.map { String(decoding: $0, as: UTF8.self) }
                case .brokerLogSource(let status): state = state ?? status.state
                default: break
                }
            }
            if events.isEmpty, count == .max, source.nextLook > now { break }
            guard events.isEmpty else { continue }
            for descriptor in source.descriptors where descriptor >= 0 { clinux_wait_readable(descriptor, 50) }
        }
        source.stop()
        return (lines, state)
    }

    @Test("Of a long file the last 8 MiB are read, from a whole line on, which is said")
    func longFile() throws {
        let folder = try Folder()
        // Lines of 64 bytes, 10 MiB of them.
        let lines = (0..<163_840).map { number in
            let start = "\(1_795_000_000 + number): line \(number) "
            return start + String(repeating: "x", count: 63 - start.utf8.count) + "\n"
        }
        let path = try folder.file(Data(lines.joined().utf8))
        let (read, state) = read(.file(path))
        #expect(state == .readingEnd(byteCount: 8 << 20))
        #expect(read.first?.hasPrefix("1795032769: line 32769 ") == true, "the line that is cut is left out")
        #expect(read.last?.hasPrefix("1795163839: line 163839 ") == true)
        #expect(read.count == 131_071)
    }

    @Test("A file of 8 MiB is read from its beginning")
    func fullFile() throws {
        let folder = try Folder()
        let path = try folder.file(Data(repeatElement("0123456789abcde\n", count: 524_288).joined().utf8))
        let (read, state) = read(.file(path))
        #expect(state == .reading)
        #expect(read.count == 524_288)
        #expect(read.first == "0123456789abcde")
    }

    @Test("A line longer than 16 KiB is cut there, and the next one is whole", arguments: [true, false])
    func longLines(isFile: Bool) throws {
        let folder = try Folder()
        let long = String(repeating: "é", count: 20_000)
        let path = try folder.file(Data("first\r\n\(long)\nlast\n".utf8))
        let (read, _) = read(isFile ? .file(path) : .command("cat '\(path)'; exec sleep 60"), until: 3)
        #expect(read.map(\.utf8.count) == [5, 16_384, 4])
        #expect(read.first == "first" && read.last == "last")
    }
}
