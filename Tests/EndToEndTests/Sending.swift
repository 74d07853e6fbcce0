import Foundation
import TestSupport
import Testing

/// What a run of `sub`, `pub` or `rr` came to.
struct Sending: Equatable {
    /// The packets that it sent, each from its first byte.
    var packets: [[UInt8]]
    /// What it wrote to stdout.
    var text: String
    /// Its exit code.
    var code: Int32
    /// Its process.
    let process: pid_t

    static func == (one: Self, other: Self) -> Bool {
        one.packets == other.packets && one.text == other.text && one.code == other.code
    }

    /// Starts a program with no signal blocked: Foundation blocks all of them, and `-W` of mosquitto's is SIGALRM.
    private static let unblocked = """
        import os, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(sys.argv[1], sys.argv[1:])
        """

    /// Runs `program` with `words` on a broker of its own that does as `script` says, to the end of both. Its address stands
    /// before the words, or where `PORT` is in them.
    static func of(
        _ program: String, _ words: [String], _ script: @escaping FakeBroker.Script, input: [UInt8] = [],
        environment: [String: String] = [:]
    ) throws -> Sending {
        let broker = FakeBroker(script)
        let isOurs = !program.hasPrefix("mosquitto_")
        let path = try isOurs ? PseudoTerminal.builtProduct("mqscope") : Mosquitto.find(program)
        let told = words.map { $0.replacingOccurrences(of: "PORT", with: "\(broker.port)") }
        let address = told == words ? ["-h", "127.0.0.1", "-p", "\(broker.port)"] : []
        let all = (isOurs ? [program] : []) + address + told
        let run =
            try isOurs
            ? CommandProgram(path, all, environment: environment)
            : CommandProgram("/usr/bin/python3", ["-c", unblocked, path] + all, environment: environment)
        run.type(input)
        run.finishInput()
        let ending = try run.waitForExit()
        #expect(broker.waitUntilAllAreClosed())
        return Sending(
            packets: broker.latest?.packets ?? [], text: ending.text, code: ending.code,
            process: run.processIdentifier)
    }

    /// The same without the receive maximum of 20 at the end of the properties of CONNECT, which mosquitto's programs tell
    /// a broker of MQTT 5.0 without being asked to.
    var withoutTwenty: Sending {
        var result = self
        guard let connect = packets.first, connect[0] == 0x10, FakeBroker.level(of: connect) == 5 else { return self }
        let end = 13 + Int(connect[12])
        guard connect[..<end].suffix(3) == [0x21, 0, 20] else { return self }
        result.packets[0].removeSubrange((end - 3)..<end)
        result.packets[0][1] -= 3
        result.packets[0][12] -= 3
        return result
    }

    /// Runs mosquitto's program and ours with the same words, and compares.
    static func expectSame(
        _ command: String, _ words: [String], _ script: @escaping FakeBroker.Script, input: [UInt8] = []
    ) throws {
        let theirs = try of("mosquitto_" + command, words, script, input: input).withoutTwenty
        let ours = try of(command, words, script, input: input)
        #expect(ours == theirs, "\(words)")
        #expect(!ours.packets.isEmpty, "\(words)")
    }

    /// The words that say `properties` on a command line, each as `-D` takes it; with a will where one has properties.
    static func words(_ properties: [String]) -> [String] {
        let will =
            properties.contains { $0.hasPrefix("will ") } ? ["--will-topic", "w/x", "--will-payload", "bye"] : []
        return will + properties.flatMap { ["-D"] + $0.split(separator: " ").map(String.init) }
    }
}

extension FakeBroker {
    /// A broker where each request is answered by `pong`, in one write with what acknowledges the request at last: who ends
    /// with the answer has seen all before it.
    static let answering: Script = { connection in
        guard let connect = connection.readPacket() else { return }
        let version = level(of: connect)
        connection.send(version >= 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
        while let packet = connection.readPacket() {
            if packet[0] >> 4 == 14 { return }
            let isComplete = packet[0] >> 4 == 6 || packet[0] >> 4 == 3 && packet[0] >> 1 & 3 < 2
            let pong = isComplete ? publish("answer", Array("pong".utf8), version: version) : []
            connection.send(answer(to: packet, version) + pong)
        }
    }
}

/// A folder of files for one test, which goes when it does.
final class Folder {
    /// Where it is.
    let path = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString

    /// An empty one.
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Puts a file `name` of `bytes` into it, and folders on the way to it; its path.
    func add(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file.path
    }
}
