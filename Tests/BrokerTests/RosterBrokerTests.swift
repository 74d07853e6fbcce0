import Foundation
import MQTT
import TestSupport
import Testing

@testable import Broker

@Suite("The roster of a real mosquitto", .serialized)
struct RosterBrokerTests {
    private static let user = (name: "robot", password: "secret")
    /// What a broker must log for the roster to know all that it can.
    private static let logging = [
        "log_dest topic", "log_type error", "log_type warning", "log_type notice", "log_type information",
        "log_type subscribe", "log_type unsubscribe", "connection_messages true", "sys_interval 1",
    ]

    /// A broker that lets in anonymous clients and its user, but no wrong password.
    private func broker(_ lines: [String] = []) throws -> Mosquitto {
        try Mosquitto(users: [Self.user]) { port, directory in
            [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "password_file \(directory)/passwords",
                "max_packet_size 2000", "log_dest file \(directory)/mosquitto.log",
            ] + Self.logging + (getuid() == 0 ? ["user root"] : []) + lines
        }
    }

    // MARK: Coming and going

    @Test("clients that connect: who, where, how, since when, and their subscriptions")
    func connecting() throws {
        let broker = try broker()
        let monitor = try LogMonitor(port: broker.port)
        let anonymous = try RawClient(port: broker.port)
        #expect(try anonymous.connect(as: "anonymous", isClean: false, keepAlive: 15) == 0)
        let user = try RawClient(port: broker.port)
        #expect(try user.connect(as: "röbot 1 (p2, c1", user: "robot", password: "secret", level: 5) == 0)
        let old = try RawClient(port: broker.port)
        #expect(try old.connect(as: "old", keepAlive: 0, level: 3) == 0)
        try anonymous.subscribe(["a/#", "b c/+"], qos: 1)
        try anonymous.unsubscribe("a/#")
        try monitor.catchUp()
        let roster = monitor.log.roster
        let first = try #require(roster["anonymous"])
        #expect(first.state == .connected && !first.isInferred)
        #expect(first.peer == Peer(address: "127.0.0.1", port: anonymous.port))
        #expect(first.listener == "\(broker.port)")
        #expect(first.userName == nil)
        #expect(first.version == .v3_1_1)
        #expect(first.cleanStart == false)
        #expect(first.keepAlive == 15)
        #expect(first.subscriptions == [.init(filter: "b c/+", qos: .atLeastOnce)])
        #expect(abs((first.since?.epochSeconds ?? 0) - Int64(time(nil))) < 60)
        let second = try #require(roster["röbot 1 (p2, c1"])
        #expect(second.userName == "robot")
        #expect(second.version == .v5_0)
        #expect(second.cleanStart == true)
        #expect(roster["old"]?.version == .v3_1)
        #expect(roster["old"]?.keepAlive == 0)
        #expect(roster.missingConfiguration(at: LogMonitor.now.advanced(milliseconds: 10_000)).isEmpty)
        #expect(roster[LogMonitor.identifier]?.isUs == true)
        #expect(roster.alarms.isEmpty)
        #expect(
            try monitor.wait { $0.log.roster.census(reported: $0.slots.clientsConnected).words == "4 of 4 connected" })
    }

    @Test("identifiers as long as a line are known; longer ones are not, and pass for nobody else")
    func longIdentifiers() throws {
        let broker = try broker(["max_packet_size 20000"])
        let monitor = try LogMonitor(port: broker.port)
        let names = [String(repeating: "é", count: 450), "ev3 0 " + String(repeating: "w", count: 2_000)]
        let clients = try names.map { name in
            let client = try RawClient(port: broker.port)
            #expect(try client.connect(as: name) == 0)
            try client.subscribe(["a"])
            return client
        }
        try withExtendedLifetime(clients) { try monitor.catchUp() }
        #expect(monitor.log.roster.count == 2)
        #expect(monitor.log.roster[names[0]]?.subscriptions.map(\.filter) == ["a"])
        #expect(
            try monitor.wait { $0.log.roster.census(reported: $0.slots.clientsConnected).words == "2 of 3 connected" })
    }

    @Test("clients that go: cleanly, without a word, by a mistake, thrown out")
    func leaving() throws {
        let broker = try broker()
        let monitor = try LogMonitor(port: broker.port)
        func client(_ name: String) throws -> RawClient {
            let client = try RawClient(port: broker.port)
            #expect(try client.connect(as: name) == 0)
            return client
        }
        try client("clean").disconnect()
        try client("closed").hangUp()
        try client("big").offend([0x30, 0xFF, 0x7F])
        try client("wrong").offend([0x00, 0x00])
        try client("twice").connect(as: "twice")
        try client("filter").offend([0x82, 8, 0, 1, 0, 3] + Array("a#b".utf8) + [0])
        let first = try client("uav1")
        let second = try client("uav1")
        try first.awaitEnd()
        let third = try client("uav1")
        try second.awaitEnd()
        try monitor.catchUp()
        let roster = monitor.log.roster
        let ends = Dictionary(
            uniqueKeysWithValues: roster.clients(by: .name).map { ($0.identifier, $0.lastEnd?.reason?.name ?? "–") })
        #expect(
            ends == [
                LogMonitor.identifier: "–", "clean": "clean", "closed": "closed", "big": "oversize packet",
                "wrong": "protocol error", "twice": "protocol error", "filter": "malformed packet",
                "uav1": "taken over",
            ])
        #expect(roster.clients(by: .state).prefix(2).map(\.identifier) == [LogMonitor.identifier, "uav1"])
        #expect(roster.connectedCount == 2)
        #expect(roster["uav1"]?.peer?.port == third.port)
        #expect(roster["uav1"]?.reconnects == 2)
        #expect(
            roster.alarms.map { "\($0.subject) \($0.kind) \($0.count)" } == [
                "big oversize 1", "uav1 sharedIdentifier 2",
            ])
    }

    @Test("a client that is silent for longer than its keep-alive")
    func keepAlive() throws {
        let broker = try broker()
        let monitor = try LogMonitor(port: broker.port)
        for _ in 0..<2 {
            let client = try RawClient(port: broker.port)
            #expect(try client.connect(as: "frozen", keepAlive: 1) == 0)
            try monitor.catchUp()
            #expect(monitor.log.roster["frozen"]?.state == .connected)
            let isAway = try withExtendedLifetime(client) {
                try monitor.wait { $0.log.roster["frozen"]?.state == .away }
            }
            #expect(isAway)
            #expect(monitor.log.roster["frozen"]?.lastEnd?.reason == .keepAlive)
        }
        #expect(monitor.log.roster.alarms.map(\.kind) == [.keepAlive])
        #expect(monitor.log.roster["frozen"]?.reconnects == 1)
    }

    @Test("refused logins are counted by their address: wrong passwords, unknown users, nobody at all")
    func refused() throws {
        let broker = try Mosquitto(Self.logging, users: [Self.user])
        let monitor = try LogMonitor(port: broker.port, user: Self.user.name, password: Self.user.password)
        for (user, password) in [("robot", "wrong"), ("nobody", "secret"), (nil, nil)] as [(String?, String?)] {
            let client = try RawClient(port: broker.port)
            #expect(try client.connect(as: "ev3", user: user, password: password) == 5)
            try client.awaitEnd()
        }
        try monitor.catchUp()
        #expect(
            monitor.log.roster.alarms.map { "\($0.subject) \($0.kind) \($0.count)" } == ["127.0.0.1 refusedLogins 3"])
        #expect(monitor.log.roster.count == 1)
    }

    @Test("TLS: a listener of its own, a client without TLS, one that does not trust the broker")
    func encrypted() throws {
        let certificates = try Certificates()
        try certificates.issue("broker")
        let port = try Mosquitto.freePort()
        let broker = try broker(certificates.listener("broker", port: port))
        let monitor = try LogMonitor(port: broker.port)
        let subscriber = try Mosquitto.find("mosquitto_pub")
        let options = [subscriber, "-h", "localhost", "-p", "\(port)", "-t", "t", "-m", "m"]
        try run(options + ["-i", "tls", "--cafile", certificates.path("ca.crt")])
        let other = try Certificates(authority: "Other CA")
        #expect(throws: (any Error).self) { try run(options + ["-i", "wary", "--cafile", other.path("ca.crt")]) }
        for _ in 0..<3 {
            try RawClient(port: port).offend([0x10, 12, 0, 4] + Array("MQTT".utf8) + [4, 2, 0, 0, 0, 0])
        }
        try monitor.catchUp()
        #expect(try monitor.wait { $0.log.roster["tls"]?.state == .away })
        #expect(monitor.log.roster["tls"]?.listener == "\(port)")
        #expect(monitor.log.roster["tls"]?.lastEnd?.reason == .clean)
        #expect(monitor.log.roster.clients(by: .name).map(\.identifier) == [LogMonitor.identifier, "tls"])
        #expect(try monitor.wait { $0.log.all.contains { $0.contains("the client does not trust the broker's") } })
        #expect(monitor.log.all.contains { $0.contains("plain MQTT on a TLS port") })
        #expect(monitor.log.roster.connectedCount == 1)
    }

    private func run(_ words: [String]) throws { try ServerProcess.run(words[0], Array(words.dropFirst())) }

    @Test("a unix socket: its path is the listener")
    func unixSocket() throws {
        let broker = try Mosquitto { port, directory in
            [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "listener 0 \(directory)/sock",
                "allow_anonymous true",
            ] + Self.logging + (getuid() == 0 ? ["user root"] : [])
        }
        let monitor = try LogMonitor(port: broker.port)
        let path = broker.directory + "/sock"
        try run([Mosquitto.find("mosquitto_pub"), "--unix", path, "-i", "local", "-t", "t", "-m", "m"])
        #expect(try monitor.wait { $0.log.roster["local"]?.state == .away })
        let client = try #require(monitor.log.roster["local"])
        #expect(client.listener == path)
        #expect(client.peer == Peer(address: path))
        #expect(client.lastEnd?.reason == .clean)
    }

    // MARK: What the configuration leaves out

    @Test("without log_type subscribe the roster says which lines are missing")
    func withoutSubscriptions() throws {
        let broker = try Mosquitto(["log_dest topic", "log_type notice"])
        let monitor = try LogMonitor(port: broker.port)
        let client = try RawClient(port: broker.port)
        #expect(try client.connect(as: "ev3") == 0)
        try client.subscribe(["a"])
        try monitor.catchUp()
        #expect(monitor.log.roster["ev3"]?.state == .connected)
        #expect(monitor.log.roster["ev3"]?.subscriptions.isEmpty == true)
        let later = LogMonitor.now.advanced(milliseconds: 10_000)
        #expect(monitor.log.roster.missingConfiguration(at: later) == ["log_type subscribe", "log_type unsubscribe"])
    }

    @Test("without connection_messages a client is known by its subscriptions, and only concluded to be there")
    func withoutConnections() throws {
        let broker = try Mosquitto(
            ["connection_messages false"] + Self.logging.filter { $0 != "connection_messages true" })
        let monitor = try LogMonitor(port: broker.port)
        let client = try RawClient(port: broker.port)
        #expect(try client.connect(as: "ev3") == 0)
        try client.subscribe(["a"])
        try monitor.catchUp()
        let known = try #require(monitor.log.roster["ev3"])
        #expect(known.state == .connected)
        #expect(known.isInferred)
        #expect(known.since == nil)
        #expect(!known.isSessionSeenWhole)
        #expect(known.subscriptions.map(\.filter) == ["a"])
    }

    // MARK: Overflow, reload, shutdown

    @Test("messages dropped for a subscriber that does not keep up, who may be we", arguments: [false, true])
    func overflow(isUs: Bool) throws {
        let broker = try broker(["max_queued_messages 20", "max_packet_size 100000"])
        let monitor = try LogMonitor(port: broker.port)
        // The line about our own drops may be dropped itself: a second connection sees it for sure.
        if isUs { monitor.log.connected(as: "slow", at: LogMonitor.now) }
        let slow = try RawClient(port: broker.port, window: 2_048)
        #expect(try slow.connect(as: "slow") == 0)
        try slow.subscribe(["flood"])
        let feeder = try RawClient(port: broker.port)
        #expect(try feeder.connect(as: "feeder") == 0)
        let payload = [UInt8](repeating: 0x78, count: 50_000)
        var isDropping = false
        for _ in 0..<400 where !isDropping {
            try feeder.publish("flood", payload)
            try monitor.catchUp()
            isDropping = !monitor.log.roster.alarms.isEmpty
        }
        #expect(monitor.log.roster.alarms.map { "\($0.subject) \($0.kind) \($0.isUs)" } == ["slow dropping \(isUs)"])
        #expect(monitor.log.roster["slow"]?.state == .connected)
        #expect(monitor.log.droppedForUs == (isUs ? 1 : 0))
    }

    @Test("its configuration read again, seen by its log's topic: nobody is gone, nothing is wrong")
    func reload() throws {
        let broker = try broker()
        let monitor = try LogMonitor(port: broker.port)
        let client = try RawClient(port: broker.port)
        #expect(try client.connect(as: "ev3") == 0)
        kill(broker.processIdentifier, SIGHUP)
        #expect(try monitor.wait { $0.log.all.contains { $0.contains("reading its configuration again") } })
        try monitor.catchUp()
        #expect(monitor.log.roster["ev3"]?.state == .connected)
        #expect(monitor.log.roster.connectedCount == 2)
        #expect(monitor.log.roster.alarms.isEmpty)
    }

    @Test("its configuration read again, its end, and its new beginning, seen by its log's file")
    func shutdown() throws {
        let broker = try broker()
        var log = BrokerLog()
        log.connected(as: "nobody", at: .zero)
        let client = try RawClient(port: broker.port)
        #expect(try client.connect(as: "ev3") == 0)
        kill(broker.processIdentifier, SIGHUP)
        #expect(broker.hasLogged("Reloading config."))
        broker.stop()
        try broker.start()
        #expect(broker.hasLogged("running"))
        let again = try RawClient(port: broker.port)
        #expect(try again.connect(as: "agv") == 0)
        #expect(broker.hasLogged("as agv"))
        let lines = broker.log.split(separator: "\n")
        let start = try #require(lines.lastIndex { $0.hasSuffix(" starting") })
        func take(_ line: Substring) {
            _ = log.ingest(topic: "$SYS/broker/log/N".utf8, payload: line.utf8, arrival: .zero)
        }
        for line in lines[..<start] { take(line) }
        #expect(log.roster["ev3"]?.state == .away)
        #expect(log.roster["ev3"]?.lastEnd?.reason == .brokerStopped)
        #expect(log.roster.connectedCount == 0)
        #expect(log.roster.reachesBrokerStart)
        for line in lines[start...] { take(line) }
        #expect(log.roster["ev3"]?.state == .away)
        #expect(log.roster["ev3"]?.lastEnd?.reason == .brokerStopped)
        #expect(log.roster["agv"]?.state == .connected)
        #expect(log.roster.connectedCount == 1)
        #expect(log.all.contains { $0.contains("reading its configuration again") })
    }
}
