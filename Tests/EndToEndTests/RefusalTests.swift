import Foundation
import TestSupport
import Testing

/// What brokers say in MQTT when they do not want us, and what they do not say.
@Suite("Refusals, as seen")
struct RefusalTests {
    /// How a broker refuses CONNECT.
    struct Refusal: CustomTestStringConvertible {
        let connack: [UInt8]
        var options: [String] = []
        let words: String
        var testDescription: String { words }

        static let all = [
            Refusal(
                connack: [0x20, 3, 0, 0x85, 0],
                words:
                    "The broker rejects our client identifier. Some brokers limit it to 23 letters and digits: choose one "
                    + "with -i. Or the keep-alive is too long (mosquitto 2.1): a shorter one with -k."),
            Refusal(
                connack: [0x20, 2, 0, 2], options: ["-V", "311"], words: "The broker rejects our client identifier."),
            Refusal(
                connack: [0x20, 3, 0, 0x88, 0],
                words: "is up but refuses work now: Server unavailable (0x88). Retrying in "),
            Refusal(
                connack: [0x20, 3, 0, 0x89, 0], words: "is up but refuses work now: Server busy (0x89). Retrying in "),
            Refusal(
                connack: [0x20, 3, 0, 0x97, 0], words: "is up but refuses work now: Quota exceeded (0x97). Retrying in "
            ),
            Refusal(
                connack: [0x20, 3, 0, 0x9F, 0],
                words: "is up but refuses work now: Connection rate exceeded (0x9F). Retrying in "),
            Refusal(
                connack: [0x20, 2, 0, 4], options: ["-V", "311", "-u", "ev3", "-P", "x"],
                words: "User name or password wrong for ev3. Check -u and -P (or --password-file)."),
            Refusal(
                connack: [0x20, 3, 0, 0x86, 0], words: "The broker wants a user name and a password. Give -u USER"),
            Refusal(
                connack: [0x20, 3, 0, 0x8A, 0],
                words: "The broker has banned us: Banned (0x8A). Whoever runs the broker can lift that."),
            Refusal(
                connack: [0x20, 8, 0, 0x8C, 5, 0x1F, 0, 2, 0x6E, 0x6F],
                words: "The broker refused the connection: Bad authentication method (0x8C). It says: “no”."),
            Refusal(
                connack: [0x20, 9, 0, 0x9D, 6, 0x1C, 0, 3, 0x62, 0x3A, 0x31],
                words: "The broker sends us to b:1: Server moved (0x9D). Connect there: -h HOST -p PORT."),
        ]
    }

    @Test("CONNACK refuses", arguments: Refusal.all)
    func refused(refusal: Refusal) throws {
        let peer = FakeBroker(FakeBroker.answering(refusal.connack))
        try PseudoTerminal.mqscope(port: peer.port, refusal.options).waitForWords(refusal.words)
    }

    @Test("An address from which nothing comes back")
    func noAnswer() throws {
        let peer = Hesitating()
        try PseudoTerminal.mqscope(port: peer.port).waitForWords(
            "No answer from 127.0.0.1:\(peer.port). Wrong address, robot off, or a firewall drops port \(peer.port).",
            seconds: 7)
    }

    @Test("A name with two addresses is reached by the one that works")
    func dualStack() throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-h", "localhost"])
        try terminal.waitFor("● live")
    }

    @Test("A broker that is full takes the connection and closes it")
    func full() throws {
        let peer = FakeBroker { _ in }
        try PseudoTerminal.mqscope(port: peer.port).waitForWords(
            "127.0.0.1:\(peer.port) closed the connection without an MQTT answer. A TLS port, perhaps (--tls)? Or the "
                + "broker is full (its log: \"denied: max_connections exceeded\").")
    }

    // MARK: After CONNACK

    @Test("Another client takes our identifier over", arguments: ["5", "311"])
    func takenOver(version: String) throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-i", "watch", "-V", version])
        try terminal.waitUntilSubscribed()
        let other = try Mosquittos.subscriber(broker, ["-i", "watch", "-t", "#", "-V", "mqttv5"])
        // mosquitto 2.0 has no words for it, which is why it is a guess, once it repeats.
        try terminal.waitForWords(
            "without a word. Did the broker stop? If this repeats, another client uses the same client identifier: choose another "
                + "with -i."
                + (version == "5" ? "" : " MQTT 3.1.1 gives no reason: see the broker's log."), seconds: 20)
        other.stop()
    }

    @Test("The broker goes away: how stands beside the gap that follows")
    func shutDown() throws {
        let broker = try Mosquitto()
        let terminal = try PseudoTerminal.mqscope(port: broker.port)
        try terminal.waitUntilSubscribed()
        broker.stop()
        try terminal.waitForWords("Nothing listens on 127.0.0.1:\(broker.port).")
        try broker.start()
        try terminal.waitFor("● live")
        terminal.type("4")
        try terminal.waitUntil("the gap and its cause") { screen in
            screen.shows("Not connected from")
                && screen.shows("without a word.")
        }
    }

    @Test("Subscribed, and an ACL hides everything: after ten seconds that is the guess")
    func hidden() throws {
        let broker = try Mosquitto(users: [("ev3", "formosa")]) { port, directory in
            try? "user ev3\ntopic read nothing/at/all\n".write(
                toFile: directory + "/acl", atomically: true, encoding: .utf8)
            return [
                "listener \(port) 127.0.0.1", "allow_anonymous false", "password_file \(directory)/passwords",
                "acl_file \(directory)/acl",
            ] + (getuid() == 0 ? ["user root"] : [])
        }
        let terminal = try PseudoTerminal.mqscope(port: broker.port, ["-u", "ev3", "-P", "formosa"])
        try terminal.waitUntilSubscribed()
        try terminal.waitForWords(
            "Subscribed, but nothing arrives.",
            "mosquitto's ACL file hides topics silently (SUBACK is still \"granted\")",
            seconds: 20)
    }
}
