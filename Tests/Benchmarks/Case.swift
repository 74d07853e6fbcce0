import Foundation
import MQTT

/// One thing that is measured: a program that handles messages.
struct Case: Sendable {
    /// What is run.
    enum Program: Sendable {
        /// `mosquitto_sub` on all topics, printing like this.
        case mosquittoSub([String] = ["-v"])
        /// `mqscope sub` on all topics, printing like this.
        case sub([String])
        /// `mqscope pub -l` at this QoS.
        case pub(qos: Int)
        /// `mosquitto_pub -l` at this QoS.
        case mosquittoPub(qos: Int)
        /// A part of ours.
        case ours(Subject.Work, qos: Int = 0)
    }

    /// What is measured of it.
    enum Measure: Sendable {
        /// User and system time of the process, µs per message, as a part of what the case `peer` takes.
        case processorTime(peer: String?)
        /// User instructions per message.
        case instructions
    }

    /// What a figure is held against: a ratio to the peer, or instructions.
    struct Bar: Sendable {
        /// What must not be passed.
        let must: Double
        /// Where we want to be.
        let aim: Double
    }

    /// Its name, for `--only` and for peers.
    let name: String
    /// What is run.
    let program: Program
    /// How many messages it handles.
    let messageCount: Int
    /// Messages a second that are poured over it, for some seconds: reads are paced only from the second one on; 0: as
    /// fast as it reads.
    var rate = 0
    /// What is measured.
    var measure = Measure.processorTime(peer: nil)
    /// What the figure is held against.
    var bar: Bar?
}

extension Case {
    /// All cases, each behind its peer.
    static let all: [Case] = [
        Case(name: "mosquitto_sub", program: .mosquittoSub(), messageCount: 300_000),
        Case(
            name: "sub-v", program: .sub(["-v"]), messageCount: 6_000_000,
            measure: .processorTime(peer: "mosquitto_sub"), bar: Bar(must: 0.08, aim: 0.03)),
        Case(name: "mosquitto_sub-F-%j", program: .mosquittoSub(["-F", "%j"]), messageCount: 200_000),
        Case(
            name: "sub-json", program: .sub(["--json"]), messageCount: 4_000_000,
            measure: .processorTime(peer: "mosquitto_sub-F-%j"), bar: Bar(must: 0.1, aim: 0.05)),
        Case(
            name: "sub-F-%j", program: .sub(["-F", "%j"]), messageCount: 4_000_000,
            measure: .processorTime(peer: "mosquitto_sub-F-%j")),
        Case(
            name: "decode", program: .ours(.decode), messageCount: 20_000_000,
            measure: .processorTime(peer: "mosquitto_sub")),
        Case(
            name: "session", program: .ours(.session), messageCount: 20_000_000,
            measure: .processorTime(peer: "mosquitto_sub")),
        Case(
            name: "client", program: .ours(.client), messageCount: 6_000_000,
            measure: .processorTime(peer: "mosquitto_sub"), bar: Bar(must: 0.05, aim: 0.03)),
        Case(name: "decode-instructions", program: .ours(.decode), messageCount: 200_000, measure: .instructions),
        Case(name: "session-instructions", program: .ours(.session), messageCount: 200_000, measure: .instructions),
        Case(
            name: "client-instructions", program: .ours(.client), messageCount: 200_000, measure: .instructions,
            bar: Bar(must: 400, aim: 200)),
        Case(name: "mosquitto_sub-10000/s", program: .mosquittoSub(), messageCount: 60_000, rate: 10_000),
        Case(
            name: "client-10000/s", program: .ours(.client), messageCount: 60_000, rate: 10_000,
            measure: .processorTime(peer: "mosquitto_sub-10000/s")),
        Case(name: "mosquitto_pub-0", program: .mosquittoPub(qos: 0), messageCount: 400_000),
        Case(
            name: "publish-0", program: .ours(.publish, qos: 0), messageCount: 400_000,
            measure: .processorTime(peer: "mosquitto_pub-0")),
        Case(
            name: "pub-l-0", program: .pub(qos: 0), messageCount: 2_000_000,
            measure: .processorTime(peer: "mosquitto_pub-0"), bar: Bar(must: 0.3, aim: 0.1)),
        Case(name: "mosquitto_pub-1", program: .mosquittoPub(qos: 1), messageCount: 60_000),
        Case(
            name: "publish-1", program: .ours(.publish, qos: 1), messageCount: 60_000,
            measure: .processorTime(peer: "mosquitto_pub-1"), bar: Bar(must: 0.85, aim: 0.65)),
        Case(
            name: "pub-l-1", program: .pub(qos: 1), messageCount: 200_000,
            measure: .processorTime(peer: "mosquitto_pub-1"), bar: Bar(must: 0.85, aim: 0.65)),
        Case(name: "mosquitto_pub-2", program: .mosquittoPub(qos: 2), messageCount: 30_000),
        Case(
            name: "publish-2", program: .ours(.publish, qos: 2), messageCount: 30_000,
            measure: .processorTime(peer: "mosquitto_pub-2")),
    ]

    /// The cases whose name holds `text`, and their peers.
    static func selected(_ text: String?) -> [Case] {
        guard let text else { return all }
        let wanted = all.filter { $0.name.contains(text) }
        let peers = Set(wanted.compactMap(\.peer))
        return all.filter { $0.name.contains(text) || peers.contains($0.name) }
    }

    /// The case that it is compared with.
    var peer: String? {
        if case .processorTime(let peer) = measure { peer } else { nil }
    }

    /// Runs it once: processor time, µs per message, or instructions per message.
    func run() throws -> Double {
        switch measure {
        case .processorTime:
            let child = try withProgram(messageCount: messageCount) { try Child($0, input: $1) }
            return child.processorTime * 1e6 / Double(messageCount)
        case .instructions:
            // The difference between a long and a short run is without start and end.
            let short = try withProgram(messageCount: messageCount / 4) { try Child.instructions($0, input: $1) }
            let long = try withProgram(messageCount: messageCount) { try Child.instructions($0, input: $1) }
            return (long - short) / Double(messageCount - messageCount / 4)
        }
    }

    /// The program's words and its stdin, while what it needs is there.
    private func withProgram<Result>(
        messageCount: Int, _ body: (_ words: [String], _ input: Int32) throws -> Result
    ) throws -> Result {
        switch program {
        case .mosquittoSub(let printing):
            let port = try Firehose(Firehose.Plan(messageCount: messageCount, rate: rate)).port
            return try body(
                ["mosquitto_sub", "-h", "127.0.0.1", "-p", "\(port)", "-t", "#", "-C", "\(messageCount)"] + printing,
                -1)
        case .sub(let printing):
            let port = try Firehose(Firehose.Plan(messageCount: messageCount, rate: rate)).port
            return try body(
                [
                    try Child.mqscope(), "sub", "-h", "127.0.0.1", "-p", "\(port)", "-t", "#", "-C",
                    "\(messageCount)",
                ] + printing, -1)
        case .mosquittoPub(let qos): return try withLines(["mosquitto_pub"], messageCount, qos: qos, body)
        case .pub(let qos): return try withLines([try Child.mqscope(), "pub"], messageCount, qos: qos, body)
        case .ours(let work, let qos):
            let needsBroker = work == .client || work == .publish
            let plan = Firehose.Plan(messageCount: work == .client ? messageCount : 0, rate: rate)
            let port = needsBroker ? try Firehose(plan).port : 0
            let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return try body(
                [path, "subject", work.rawValue, "\(messageCount)", "--port", "\(port)", "--qos", "\(qos)"], -1)
        }
    }

    /// A program that publishes lines, by these words, while there is a broker.
    private func withLines<Result>(
        _ program: [String], _ count: Int, qos: Int, _ body: (_ words: [String], _ input: Int32) throws -> Result
    ) throws -> Result {
        let port = try Firehose(Firehose.Plan()).port
        let lines = try Self.lines(count)
        defer { close(lines) }
        let topic = try PacketStream.topic(4_711).string
        return try body(
            program + ["-h", "127.0.0.1", "-p", "\(port)", "-q", "\(qos)", "-l", "-t", topic], lines)
    }

    /// A file of `count` payloads, a line each.
    private static func lines(_ count: Int) throws -> Int32 {
        var text: [UInt8] = []
        for number in 0..<count { text += PacketStream.payload(byteCount: 40 + number % 81) + [UInt8(ascii: "\n")] }
        let file = try Child.temporaryFile()
        guard write(file, text, text.count) == text.count, lseek(file, 0, SEEK_SET) == 0 else {
            throw Trouble("the temporary file cannot be written: errno \(errno)")
        }
        return file
    }
}
