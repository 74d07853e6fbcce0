import Foundation
import Synchronization
import TestSupport
import Testing

/// `mqscope pub -l`: every line of the standard input is a message, and none is lost without a word.
@Suite("mqscope pub -l")
struct PubLinesTests {
    private func address(_ port: Int) -> [String] { ["-h", "127.0.0.1", "-p", "\(port)"] }

    @Test("-l: every line is a message, empty ones and one without its end too", arguments: ["0", "1", "2"])
    func lines(qos: String) throws {
        let broker = FakeBroker(FakeBroker.working())
        let input = Array("one\n\ntwo\r\nth\0ree".utf8)
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos], input: input)
        #expect(ending.code == 0 && ending.errors == "")
        let header = qos == "0" ? 5 : 7
        let payloads = broker.latest?.packets.filter { $0[0] >> 4 == 3 }
            .map { String(decoding: $0.dropFirst(header), as: UTF8.self) }
        #expect(payloads == ["one", "", "two\r", "th\0ree"])
        #expect(broker.latest?.packets.last == [0xE0, 0])
    }

    @Test("-l gives up where the broker closes whenever a line comes; a broker that is away is waited for")
    func neverTaken() throws {
        let closing: FakeBroker.Script = { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            connection.readPacket()
        }
        let broker = FakeBroker(closing)
        let words = ["-t", "secret/x", "-u", "ev3", "-l", "-q", "2"]
        let ending = try CommandProgram.run(["pub"] + address(broker.port) + words, input: Array("a\nb\n".utf8))
        #expect(ending.code == 1)
        let error =
            "Error: The broker closed 5 connections in a row without taking line 1. "
            + "Is publishing to secret/x as user ev3 allowed?\n"
        #expect(ending.errors.contains(error))
        // Four times are no proof, and connections that cannot be made are none.
        let late = FakeBroker(
            { $0.readPacket() }, closing, closing, { $0.readPacket() }, closing, closing, FakeBroker.working())
        let good = try CommandProgram.run(["pub"] + address(late.port) + words, input: Array("a\nb\n".utf8))
        #expect(good.code == 0)
    }

    @Test("-l with an empty stdin connects, says good-bye, and is well")
    func noLines() throws {
        let broker = FakeBroker(FakeBroker.working())
        #expect(try CommandProgram.run(["pub"] + address(broker.port) + ["-t", "a", "-l"]).code == 0)
        #expect(broker.latest?.packets.map { $0[0] >> 4 } == [1, 14])
    }

    @Test("-l sends a line as soon as it is there")
    func lineByLine() throws {
        let broker = FakeBroker(FakeBroker.working())
        let program = try CommandProgram.mqscope(["pub"] + address(broker.port) + ["-t", "a", "-l"])
        for text in ["one", "two"] {
            program.type(Array((text + "\n").utf8))
            try waitUntil("\(text) at the broker") {
                broker.latest?.packets.contains { $0[0] == 0x30 && $0.suffix(3) == Array(text.utf8)[...] } == true
            }
        }
        program.finishInput()
        #expect(try program.waitForExit().code == 0)
    }

    /// Lines of which each holds its number.
    private func numbered(_ count: Int) -> [UInt8] { Array((1...count).map { "\($0)\n" }.joined().utf8) }

    /// The number in a PUBLISH of QoS 1 or 2 to a topic of one letter, without properties.
    private static func number(in packet: [UInt8], _ version: UInt8) -> Int? {
        Int(String(decoding: packet.dropFirst(version >= 5 ? 8 : 7), as: UTF8.self))
    }

    /// A broker of `version` that takes messages as long as `takes` says so of their numbers, and then closes.
    private static func taking(
        _ version: UInt8, _ takes: @escaping @Sendable (_ number: Int, _ count: Int) -> Bool
    ) -> FakeBroker.Script {
        { connection in
            connection.readPacket()
            connection.send(version >= 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
            var count = 0
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                if packet[0] >> 4 == 3 {
                    count += 1
                    guard takes(number(in: packet, version) ?? 0, count) else {
                        // What was answered has to arrive: a reset would take it along.
                        connection.finishSending()
                        return connection.readToEnd()
                    }
                }
                connection.send(FakeBroker.answer(to: packet, version))
            }
        }
    }

    @Test(
        "-l: refused lines are told by number and reason, the others are sent, and the exit code is not 0",
        arguments: ["1", "2"])
    func refusedLines(qos: String) throws {
        let refused = [1, 2, 30, 777, 19_000]
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 3, 0, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                let isRefused = packet[0] >> 4 == 3 && refused.contains(Self.number(in: packet, 5) ?? 0)
                let type: UInt8 = qos == "1" ? 0x40 : 0x50
                connection.send(
                    isRefused ? [type, 3, packet[5], packet[6], 0x87] : FakeBroker.answer(to: packet, 5))
            }
        }
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos, "-V", "5", "-i", "me"],
            input: numbered(20_000))
        #expect(ending.code == 1)
        let warnings = refused.map { "Warning: line \($0): Publish failed: Not authorized.\n" }
        #expect(ending.errors == warnings.joined())
        #expect(broker.latest?.packets.count { $0[0] >> 4 == 3 } == 20_000)
    }

    @Test(
        "-l: the line at which the broker closes whenever it comes is named",
        arguments: [("1", "311"), ("2", "5")])
    func closingAtOne(qos: String, version: String) throws {
        let broker = FakeBroker(Self.taking(version == "5" ? 5 : 4) { number, _ in number != 150 })
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos, "-V", version, "-i", "me", "-c"],
            input: numbered(1_000))
        #expect(ending.code == 1 && ending.errors.contains("5 connections in a row without taking line 150. "))
        // At QoS 2 the lines before it were taken, but not released yet.
        #expect(ending.errors.contains("Not all lines from \(qos == "1" ? 150 : 141) on are acknowledged\n"))
        #expect(!ending.errors.contains("lines 1"))
    }

    @Test("-l: a broker that takes a few lines of each connection is not given up, and has all of them at last")
    func fewAtOnce() throws {
        let taken = Taken()
        let broker = FakeBroker(
            Self.taking(4) { number, count in
                guard count <= 20 else { return false }
                taken.add("\(number)")
                return true
            })
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", "1", "-i", "me", "-c"], input: numbered(110))
        #expect(ending.code == 0, "\(ending.errors)")
        #expect(broker.connectionCount > 5)
        #expect(taken.firsts == (1...110).map { "\($0)" })
    }

    @Test("-l: a signal ends it with the first line that is not acknowledged")
    func interrupted() throws {
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                if Self.number(in: packet, 4) ?? 0 <= 500 { connection.send(FakeBroker.answer(to: packet, 4)) }
            }
        }
        let program = try CommandProgram.mqscope(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", "1", "-i", "me"])
        program.type(numbered(1_000))
        #expect(broker.waitForConnections(1))
        _ = broker.latest?.waitForPacket { Self.number(in: $0, 4) == 520 }
        program.send(SIGTERM)
        let ending = try program.waitForExit()
        #expect(ending.code == 143)
        #expect(ending.errors == "Error: Not all lines from 501 on are acknowledged\n")
    }

    /// A broker that notes in `taken` what it is sent. With `isKept` it has kept the session when there is one.
    private static func noting(_ taken: Taken, isKept: Bool, breaksAfter limit: Int? = nil) -> FakeBroker.Script {
        { connection in
            connection.readPacket()
            let isPresent = isKept && connection.number > 1
            if !isPresent { taken.forget() }
            connection.send([0x20, 2, isPresent ? 1 : 0, 0])
            var count = 0
            while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
                taken.note(packet)
                count += 1
                // Part of it is answered.
                if count <= limit.map({ $0 * 2 / 3 }) ?? .max { connection.send(FakeBroker.answer(to: packet, 4)) }
                if count == limit { return connection.reset() }
            }
        }
    }

    @Test(
        "-l: connections that break again and again lose no line, and change no order",
        arguments: ["1", "2"], [false, true])
    func breaking(qos: String, isKept: Bool) throws {
        // From the fourth connection on it works.
        let taken = Taken()
        let breaking = Self.noting(taken, isKept: isKept, breaksAfter: 15)
        let broker = FakeBroker(breaking, breaking, breaking, Self.noting(taken, isKept: isKept))
        let lines = (1...200).map { "line \($0)" }
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos] + (isKept ? ["-i", "me", "-c"] : []),
            input: Array((lines.joined(separator: "\n") + "\n").utf8))
        #expect(ending.code == 0 && ending.errors.contains("Connected again."))
        #expect(broker.connectionCount == 4)
        #expect(taken.firsts == lines)
        // At QoS 2, in a session that is kept, each is taken once, as the protocol has it.
        if qos == "2", isKept { #expect(taken.all == lines) }
    }

    @Test("20,000 lines through pub -l -q 1 and sub -q 1 arrive, each once and in order", arguments: ["311", "5"])
    func chain(version: String) throws {
        let broker = try Mosquitto(["max_queued_messages 0", "max_inflight_messages 100"])
        let count = 20_000
        let options = address(broker.port) + ["-t", "chain", "-q", "1", "-V", version]
        let subscriber = try CommandProgram.mqscope(["sub"] + options + ["-C", "\(count)", "-i", "end"])
        #expect(broker.hasLogged(" as end "))
        try Mosquittos.publish(broker, "other", "x")
        let lines = (1...count).map { "line \($0) of \(count)" }.joined(separator: "\n") + "\n"
        // The subscription is there when a message to it comes back.
        let witness = try CommandProgram.mqscope(["sub"] + options + ["-E"])
        #expect(try witness.waitForExit().code == 0)
        let publisher = try CommandProgram.run(["pub"] + options + ["-l"], input: Array(lines.utf8))
        #expect(publisher.code == 0 && publisher.errors == "")
        let ending = try subscriber.waitForExit()
        #expect(ending.code == 0 && ending.text == lines)
    }

    @Test(
        "-l: a line longer than a packet can be is told with its number and both sizes, and the others go on",
        arguments: ["0", "1"])
    func longestLine(qos: String) throws {
        let broker = FakeBroker(FakeBroker.working())
        let command = "\"$0\" pub -h 127.0.0.1 -p \(broker.port) -t a -l -q \(qos)"
        let lines = "echo before; head -c 268435455 /dev/zero; echo; head -c 268435460 /dev/zero; echo; echo after"
        let ending = try CommandProgram(
            "/bin/sh", ["-c", "(\(lines)) | \(command)", PseudoTerminal.builtProduct("mqscope")]
        ).waitForExit()
        let length = 268_435_455 + (qos == "0" ? 3 : 5)
        #expect(
            Set(ending.errors.split(separator: "\n")) == [
                "Warning: line 2: not handed over: its packet has a Remaining Length of \(length), MQTT has at most 268435455.",
                "Warning: line 3: not published: 268,435,460 bytes, a packet has at most 268,435,455.",
            ])
        #expect(ending.code == 1)
        let sent = (broker.latest?.packets ?? []).filter { $0[0] >> 4 == 3 }
        #expect(sent.map { String(decoding: $0.suffix(5), as: UTF8.self) } == ["efore", "after"])
    }

    // MARK: Much of it

    @Test("-l: a line of 24 MB arrives whole, between its neighbours", arguments: ["0", "1"])
    func largeLine(qos: String) throws {
        let portion = (0..<65_521).map { $0 % 251 == 10 ? 0 : UInt8($0 % 251) }
        var large = Data()
        for _ in 0..<384 { large += portion }
        let broker = FakeBroker(FakeBroker.working())
        let ending = try CommandProgram.run(
            ["pub"] + address(broker.port) + ["-t", "a", "-l", "-q", qos],
            input: Array(Data("before\n".utf8) + large + Data("\nafter\n".utf8)))
        #expect(ending.code == 0 && ending.errors == "")
        let sent = (broker.latest?.packets ?? []).filter { $0[0] >> 4 == 3 }
        try #require(sent.count == 3)
        // The first byte, a Remaining Length of four, the topic, and the identifier.
        let head = 1 + 4 + 3 + (qos == "0" ? 0 : 2)
        #expect(sent[0].suffix(6) == Array("before".utf8)[...] && sent[2].suffix(5) == Array("after".utf8)[...])
        #expect(sent[1].count == head + large.count && Data(sent[1].dropFirst(head)) == large)
    }

    @Test("-l: memory stays as it is while 20 MB of short lines pass")
    func bounded() throws {
        let bytes = Counted()
        let broker = FakeBroker { connection in
            connection.readPacket()
            connection.send([0x20, 2, 0, 0])
            while let more = connection.receive() { bytes.add(more.count) }
        }
        let program = try CommandProgram.mqscope(["pub"] + address(broker.port) + ["-t", "a", "-l"])
        let line = "a short line of text"
        /// The most memory it had, in KiB, once as many lines more have arrived.
        func peak(after more: Int) throws -> Int {
            let total = bytes.total + more * (5 + line.utf8.count)
            program.type(Array(String(repeating: line + "\n", count: more).utf8))
            try waitUntil("\(more) lines at the broker") { bytes.total >= total }
            return try #require(Processes.number("VmHWM", of: program.processIdentifier))
        }
        let first = try peak(after: 1)
        let last = try peak(after: 1_000_000)
        program.finishInput()
        #expect(try program.waitForExit().code == 0)
        // The lines and where each begins would be some 36 MB.
        #expect(last - first < 24 << 10, "\(first) KiB, then \(last) KiB")
    }
}

/// The lines that a broker has taken, whichever connection they came by.
private final class Taken: Sendable {
    private struct State: Sendable {
        var lines: [String] = []
        /// Lines at QoS 2 that are not released, by Packet Identifier.
        var held: [[UInt8]: String] = [:]
    }

    private let state = Mutex(State())

    /// All of them, in the order in which they were taken.
    var all: [String] { state.withLock { $0.lines } }

    /// The same without what was taken before.
    var firsts: [String] {
        var known: Set<String> = []
        return all.filter { known.insert($0).inserted }
    }

    /// Adds one.
    func add(_ line: String) { state.withLock { $0.lines.append(line) } }

    /// Forgets what is not released: its session has ended.
    func forget() { state.withLock { $0.held = [:] } }

    /// Takes what a packet of 3.1.1 to a topic of one letter brings: at QoS 1 by PUBLISH, at QoS 2 by PUBREL.
    func note(_ packet: [UInt8]) {
        state.withLock { state in
            switch packet[0] >> 4 {
            case 3:
                let line = String(decoding: packet.dropFirst(7), as: UTF8.self)
                if packet[0] >> 1 & 3 == 1 { state.lines.append(line) } else { state.held[Array(packet[5..<7])] = line }
            case 6: if let line = state.held.removeValue(forKey: Array(packet[2..<4])) { state.lines.append(line) }
            default: break
            }
        }
    }
}

/// A number of bytes that several threads see.
private final class Counted: Sendable {
    private let count = Mutex(0)

    /// How many there are.
    var total: Int { count.withLock { $0 } }

    /// Adds some.
    func add(_ more: Int) { count.withLock { $0 += more } }
}
