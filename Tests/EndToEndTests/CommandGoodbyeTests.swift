import Foundation
import TestSupport
import Testing

/// `rr` and `pub`, ended by a signal: the broker is told by DISCONNECT, whatever they waited for.
@Suite("Signals to pub and rr")
struct CommandGoodbyeTests {
    /// A broker that answers CONNECT and SUBSCRIBE, and no message.
    private static let taking: FakeBroker.Script = { connection in
        guard let connect = connection.readPacket() else { return }
        let version = FakeBroker.level(of: connect)
        connection.send(version >= 5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0])
        while let packet = connection.readPacket(), packet[0] >> 4 != 14 {
            if packet[0] >> 4 != 3 { connection.send(FakeBroker.answer(to: packet, version)) }
        }
    }

    /// What each waits for when the signal comes.
    static let waiting: [(words: [String], errors: String)] = [
        (["rr", "-m", "x", "-e", "answer"], ""),  // for the answer
        (["pub", "-m", "x", "-q", "1"], ""),  // for PUBACK
        (["pub", "-m", "x", "-q", "2"], ""),  // for PUBREC
        (["pub", "-m", "x", "--repeat", "2", "--repeat-delay", "60"], ""),  // for the time of the second
        (["pub", "-l"], ""),  // for the next line
        (["pub", "-l", "-q", "1"], "Error: Not all lines from 1 on are acknowledged\n"),  // for PUBACK
    ]

    @Test("the last packet is DISCONNECT; with 5.0 it lets the will go out", arguments: waiting, ["311", "5"])
    func signalled(wait: (words: [String], errors: String), version: String) throws {
        for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)] {
            let broker = FakeBroker(Self.taking)
            let address = ["-h", "127.0.0.1", "-p", "\(broker.port)", "-i", "me", "-V", version]
            let will = ["--will-topic", "w", "--will-payload", "gone"]
            let program = try CommandProgram.mqscope(wait.words + address + ["-t", "a"] + will)
            if wait.words.contains("-l") { program.type(Array("line\n".utf8)) }
            try #require(broker.waitForConnections(1))
            try #require(broker.latest?.waitForPacket { $0[0] >> 4 == 3 } != nil)
            program.send(signal)
            let ending = try program.waitForExit()
            #expect(ending.code == code && ending.text == "" && ending.errors == wait.errors)
            #expect(broker.waitUntilAllAreClosed())
            let goodbye = try #require(broker.latest?.packets.last)
            #expect(goodbye[0] == 0xE0)
            #expect(version == "5" ? goodbye.count > 2 && goodbye[2] == 0x04 : goodbye == [0xE0, 0], "\(goodbye)")
        }
    }
}
