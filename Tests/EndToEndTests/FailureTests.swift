import Foundation
import TestSupport
import Testing

/// What goes wrong is said on the screen within 5 s of the program's start or of the event, the panes stay, and the
/// connection comes back when the peer does.
@Suite("Failures")
struct FailureTests {
    // MARK: Nobody there

    @Test("The broker is not running, and then it is")
    func notRunning() throws {
        let broker = try TeamBroker.start()
        broker.stop()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitForAdvice("Nothing listens on 127.0.0.1:\(broker.port).", "Is mosquitto running there?")
        // What is subscribed to meanwhile stands in the list at once.
        terminal.type("4a$robots/+\r")
        try terminal.waitFor("$robots/+")
        let row = try #require(terminal.screen.row(of: "$robots/+"))
        #expect(terminal.screen.line(row).contains("waits for the connection"))
        terminal.type("1")
        try broker.start()
        try terminal.waitForRecovery(on: broker, subscriptions: 3)
    }

    @Test("The port is wrong, and then somebody is there")
    func wrongPort() throws {
        let broker = try TeamBroker.start()
        let wrong = try Mosquitto.freePort()
        let terminal = try PseudoTerminal.mqscope(port: wrong)
        try terminal.waitForAdvice("Nothing listens on 127.0.0.1:\(wrong).", "Port 1883 = plain, 8883 = TLS.")
        let late = FakeBroker(port: wrong, Peer.recovered)
        try terminal.waitForRecovery(on: late)
        withExtendedLifetime(broker) {}
    }

    @Test("The name is not known")
    func nameUnknown() throws {
        // No name server is needed to know that two dots in a row are none.
        let terminal = try PseudoTerminal(
            run: PseudoTerminal.builtProduct("mqscope"), ["-h", "robots..lab"], rows: 43, columns: 132)
        try terminal.waitForAdvice("Name robots..lab is not known.", "Is it spelled right? Try the IP address.")
        // A name can become known: it is asked for again and again, the third time after more than 2 s.
        try terminal.waitUntil("a third attempt is announced") { screen in
            (3...4).contains { screen.shows("Next attempt in \($0) s") }
        }
        try terminal.waitForAdvice("Name robots..lab is not known.", "Next attempt in")
    }

    // MARK: Not let in

    @Test("The password is wrong, and then it is right")
    func wrongPassword() throws {
        let broker = try Mosquitto(["log_dest topic"], users: TeamBroker.users)
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-u", "ev3", "-P", "taiwan"])
        try terminal.waitForAdvice(
            "Wrong user or password, or ev3 has no right to connect.", "Check -u and -P",
            "Not tried again by itself; R tries now.")
        #expect(!terminal.screen.shows("taiwan"))
        let change = try Program(
            Mosquitto.find("mosquitto_passwd"), ["-b", broker.directory + "/passwords", "ev3", "taiwan"])
        #expect(try change.waitForExit() == 0)
        try broker.restart()
        terminal.type("R")
        try terminal.waitForRecovery(on: broker, as: ["-u", "ev3", "-P", "taiwan"])
    }

    @Test("Anonymous clients are refused, and then they are not")
    func anonymousRefused() throws {
        let broker = try Mosquitto(["log_dest topic"], users: TeamBroker.users)
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitForAdvice(
            "The broker does not allow anonymous clients.", "Give -u USER and -P PASSWORD",
            "Not tried again by itself; R tries now.")
        let lines = try String(contentsOfFile: broker.confFile, encoding: .utf8)
            .replacingOccurrences(of: "allow_anonymous false", with: "allow_anonymous true")
        try lines.write(toFile: broker.confFile, atomically: true, encoding: .utf8)
        try broker.restart()
        terminal.type("R")
        try terminal.waitForRecovery(on: broker)
    }

    // MARK: Not a broker

    @Test("Somebody accepts connections and never answers")
    func silence() throws {
        let peer = FakeBroker(FakeBroker.silence, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice("127.0.0.1:\(peer.port) accepts connections but does not answer MQTT")
        try terminal.waitForRecovery(on: peer)
    }

    @Test("The broker hangs, and then goes on")
    func frozen() throws {
        let broker = try TeamBroker.start()
        broker.freeze()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitForAdvice("127.0.0.1:\(broker.port) accepts connections but does not answer MQTT")
        broker.thaw()
        try terminal.waitForRecovery(on: broker)
    }

    @Test("A web server")
    func webServer() throws {
        let peer = FakeBroker(FakeBroker.http, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice(
            "127.0.0.1:\(peer.port) is a web server, not an MQTT broker.", "try ws://127.0.0.1:\(peer.port)/mqtt")
        try terminal.waitForRecovery(on: peer)
    }

    @Test("An SSH server")
    func sshServer() throws {
        let peer = FakeBroker(FakeBroker.ssh, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice(
            "127.0.0.1:\(peer.port) is an SSH server (SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3), not an MQTT broker.")
        try terminal.waitForRecovery(on: peer)
    }

    @Test("A TLS server that says so")
    func tlsServer() throws {
        let peer = FakeBroker(FakeBroker.tlsAlert, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice("127.0.0.1:\(peer.port) speaks TLS, not plain MQTT.", "Give --tls")
        try terminal.waitForRecovery(on: peer)
    }

    @Test("A server that closes without a word, as TLS servers do", arguments: [true, false])
    func closesWithoutAnswer(byReset: Bool) throws {
        let rude = byReset ? FakeBroker.resetting : FakeBroker.closing
        let peer = FakeBroker(rude, rude, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice(
            "127.0.0.1:\(peer.port) closed the connection without an MQTT answer.", "A TLS port, perhaps (--tls)?")
        try terminal.waitForRecovery(on: peer)
    }

    // MARK: Older brokers

    @Test(
        "MQTT 5.0 is refused, in either form: 3.1.1 it is, and that is said",
        arguments: [[0x20, 0x02, 0x00, 0x01], [0x20, 0x03, 0x00, 0x84, 0x00]])
    func olderBroker(connack: [UInt8]) throws {
        let peer = FakeBroker(FakeBroker.answering(connack), Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitFor("The broker refused MQTT 5.0, or did not answer it; connected with 3.1.1.", seconds: 5)
        try terminal.waitFor("v3.1.1  ● live", seconds: 5)
        try terminal.waitForRecovery(on: peer)
        #expect(peer.connections.last?.packets.first.map(FakeBroker.level(of:)) == 4)
        #expect(peer.connectionCount == 2)
    }

    @Test("MQTT 5.0 is answered by closing the connection: 3.1.1 it is", arguments: [true, false])
    func closedOn5(byReset: Bool) throws {
        let peer = FakeBroker(byReset ? FakeBroker.resetting : FakeBroker.closing, Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitFor("The broker refused MQTT 5.0, or did not answer it; connected with 3.1.1.", seconds: 5)
        try terminal.waitFor("v3.1.1  ● live", seconds: 5)
        try terminal.waitForRecovery(on: peer)
        #expect(peer.connections.last?.packets.first.map(FakeBroker.level(of:)) == 4)
    }

    @Test("MQTT 5.0 is demanded and refused")
    func demandedVersion() throws {
        let peer = FakeBroker(FakeBroker.answering([0x20, 0x02, 0x00, 0x01]), Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port, ["-V", "5"])
        try terminal.waitForAdvice("The broker does not speak MQTT 5.0.", "Leave -V out")
        try terminal.waitForRecovery(on: peer)
    }

    // MARK: While watching

    @Test("The broker is stopped while watching, and comes back later")
    func stopped() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        try Mosquittos.publish(broker, "lab/lamp", "before")
        try terminal.waitForMessage("lab/lamp", "before")
        broker.stop()
        try terminal.waitForAdvice("Nothing listens on 127.0.0.1:\(broker.port).")
        try terminal.waitFor("old since", seconds: 5)
        try terminal.waitUntil("what was seen before") { screen in
            screen.pane("Topics").contains { $0.contains("lamp ") && $0.contains(" before") }
                && screen.pane("Messages").contains { $0.hasWords("lab/lamp before") }
        }
        try broker.start()
        try terminal.waitForRecovery(on: broker)
        try terminal.waitForNo("old since")
        try terminal.waitFor("1 gap, see 4")
    }

    @Test("The broker is killed while watching, with MQTT 3.1.1")
    func killed() throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-V", "311"])
        try terminal.waitUntilSubscribed()
        broker.crash()
        try terminal.waitForAdvice("Nothing listens on 127.0.0.1:\(broker.port).")
        try broker.start()
        try terminal.waitForRecovery(on: broker)
    }

    @Test("The broker is restarted: the subscriptions come back, also those added by hand", arguments: ["5", "311"])
    func restarted(version: String) throws {
        let broker = try TeamBroker.start()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-V", version, "-t", "lab/#"])
        try terminal.waitUntilSubscribed()
        terminal.type(":add a sub")
        try terminal.waitFor("add a subscription")
        terminal.type("<Enter>")
        try terminal.waitFor("subscribe to:")
        terminal.type("other/#<Enter>")
        try terminal.waitUntil("a third subscription") { $0.lines.count { $0.contains("granted, QoS") } == 3 }
        terminal.type("1")
        try broker.restart()
        try terminal.waitFor("1 gap, see 4")
        try terminal.waitForRecovery(on: broker, subscriptions: 3)
        try Mosquittos.publish(broker, "other/lamp", "added")
        try terminal.waitForMessage("other/lamp", "added")
    }

    @Test("The broker ends the connection and says why", arguments: Ending.all)
    func disconnected(ending: Ending) throws {
        let peer = FakeBroker(Peer.ending(with: ending.code), Peer.ending(with: ending.code), Peer.recovered)
        let terminal = try PseudoTerminal.mqscope(port: peer.port)
        try terminal.waitForAdvice(ending.words)
        try terminal.waitForRecovery(on: peer)
    }

    @Test("A subscription is refused: it is said which and why, and the others go on", arguments: Refusal.all)
    func subscriptionRefused(refusal: Refusal) throws {
        let peer = FakeBroker(Peer.refusing("$SYS/#", refusal.code))
        let terminal = try PseudoTerminal.mqscope(port: peer.port, ["-V", refusal.version])
        try terminal.waitFor("The broker refused the subscription to $SYS/#: \(refusal.words)", seconds: 5)
        try terminal.waitFor("refused, see 4", seconds: 5)
        // What to do stands where the broker's log would, and in view 4.
        let todo = "mosquitto's ACL: 'topic read $SYS/#'"
        try terminal.waitUntil("what to do, in the broker log", seconds: 5) { screen in
            screen.pane("Broker log").contains { $0.contains(todo) }
        }
        try terminal.waitForRecovery(on: peer)
        terminal.type("4")
        try terminal.waitUntil("both subscriptions in view 4") { screen in
            screen.lines.contains { $0.contains("$SYS/#") && $0.contains("refused") }
                && screen.lines.contains { $0.contains(" # ") && $0.contains("granted, QoS 0") }
                && screen.shows("mosquitto's ACL:")
        }
    }
}

extension FailureTests {
    /// How a broker ends a connection by DISCONNECT.
    struct Ending: CustomTestStringConvertible {
        let code: UInt8
        let words: String
        var testDescription: String { words }

        static let all = [
            Ending(code: 0x8B, words: "The broker is shutting down."),
            Ending(code: 0x8E, words: "Another client took over our client identifier."),
            Ending(code: 0x98, words: "Someone who runs the broker disconnected us"),
        ]
    }

    /// How a broker refuses a subscription.
    struct Refusal: CustomTestStringConvertible {
        let version: String
        let code: UInt8
        let words: String
        var testDescription: String { "-V \(version), \(words)" }

        static let all = [
            Refusal(version: "5", code: 0x87, words: "Not authorized (0x87)"),
            Refusal(version: "5", code: 0x80, words: "Unspecified error (0x80)"),
            Refusal(version: "311", code: 0x80, words: "Unspecified error (0x80)"),
        ]
    }
}
