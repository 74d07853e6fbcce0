import Foundation
import Glibc
import MQTT
import MQTTClient
import TestSupport
import Testing

@testable import Doctor

@Suite("Examination of the way to a broker", .serialized)
struct ExaminationTests {
    /// What an examination said, and its exit code.
    struct Result {
        var findings: [Finding] = []
        var code: Int32 = 0

        /// The findings of one step.
        func of(_ stage: Stage) -> [Finding] { findings.filter { $0.stage == stage } }
        /// The steps and outcomes in order, each once: `connect passed`.
        var course: [String] {
            var course: [String] = []
            for finding in findings {
                let step = "\(finding.stage.rawValue) \(finding.outcome.rawValue)"
                if course.last != step { course.append(step) }
            }
            return course
        }
    }

    /// Examines what `endpoint` reaches.
    static func examine(
        _ endpoint: Endpoint, patience: Int64 = 300, topic: String? = nil,
        _ change: (inout ClientConfiguration) -> Void = { _ in }
    ) -> Result {
        var configuration = ClientConfiguration(endpoint: endpoint, clientIdentifier: "doctor")
        configuration.connectTimeout = 3_000
        configuration.answerTimeout = 500
        configuration.subscriptions = [.watching(.system, qos: .atMostOnce), .watching(.everything, qos: .atMostOnce)]
        change(&configuration)
        var options = Examination.Options()
        options.patience = patience
        options.topic = topic.map(name)
        var result = Result()
        var examination = Examination(configuration, options: options) { result.findings.append($0) }
        result.code = examination.run()
        return result
    }

    private func examine(port: Int, topic: String? = nil) -> Result {
        Self.examine(Endpoint(host: "127.0.0.1", port: port), topic: topic)
    }

    @Test("a broker with a log and traffic passes every step, in order, and a publish comes back at each QoS")
    func allIsWell() throws {
        let broker = try Mosquitto(["log_dest topic", "log_type all", "log_timestamp true", "sys_interval 1"])
        try ServerProcess.run(
            ServerProcess.find("mosquitto_pub"), ["-p", "\(broker.port)", "-t", "robots/1", "-m", "here", "-r"])
        let result = examine(port: broker.port, topic: "doctor/echo")
        #expect(
            result.course == [
                "name passed", "reach passed", "connect passed", "limits passed", "subscribe passed", "log passed",
                "traffic passed", "publish passed", "broker passed", "clock passed",
            ], "\(result.findings)")
        #expect(result.code == 0)
        #expect(
            result.of(.connect).map(\.what)
                == ["5.0", "3.1.1", "3.1"].map { "MQTT \($0): accepted, without a user name." })
        #expect(result.of(.publish).map { $0.what.prefix(6) } == ["QoS 0:", "QoS 1:", "QoS 2:"])
        #expect(result.of(.traffic).first?.facts.first?.value == "robots/1")
        #expect(result.of(.broker).first?.what.hasPrefix("The broker is mosquitto version ") == true)
        #expect(result.of(.subscribe).last?.what == "#: granted at QoS 0.")
        let timed = result.findings.filter { $0.stage != .limits && $0.stage != .broker && $0.stage != .clock }
        #expect(timed.allSatisfy { $0.duration != nil })
    }

    @Test("a broker without a log and without traffic is told so; nothing is published unasked")
    func silent() throws {
        let broker = try Mosquitto(["sys_interval 0"])
        let result = examine(port: broker.port)
        #expect(result.of(.log).first?.outcome == .noted)
        #expect(result.of(.log).first?.what.contains("log_dest topic") == true)
        #expect(result.of(.traffic).map(\.outcome) == [.failed])
        #expect(result.of(.publish).map(\.outcome) == [.skipped])
        #expect(result.of(.clock).map(\.outcome) == [.skipped])
        #expect(result.code == Stage.traffic.exitCode)
    }

    @Test("nothing listens: the address, what to do, and nothing more is tried")
    func refused() throws {
        let port = try ServerProcess.freePort()
        let result = examine(port: port)
        #expect(result.course == ["name passed", "reach failed"])
        #expect(result.of(.reach).first?.what == "Nothing listens on 127.0.0.1:\(port).")
        #expect(result.of(.reach).first?.todo.isEmpty == false)
        #expect(result.code == 11)
    }

    @Test("one address of a name that refuses is noted, and the way goes on by the other")
    func oneOfTwo() throws {
        let broker = try Mosquitto()
        let result = Self.examine(Endpoint(host: "localhost", port: broker.port))
        #expect(result.of(.reach).contains { $0.outcome == .passed })
        #expect(!result.of(.reach).contains { $0.outcome == .failed })
        #expect(result.of(.connect).first?.outcome == .passed)
    }

    @Test("a name that nobody knows")
    func unknownName() {
        let result = Self.examine(Endpoint(host: "no-such-robot.invalid", port: 1883))
        #expect(result.course == ["name failed"])
        #expect(result.code == 10)
    }

    @Test("a wrong password is tried once, not in every version")
    func wrongPassword() throws {
        let broker = try Mosquitto(users: [("ev3", "formosa")])
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: broker.port)) {
            $0.userName = "ev3"
            $0.password = Array("wrong".utf8)
        }
        #expect(result.course == ["name passed", "reach passed", "connect failed"])
        #expect(result.of(.connect).count == 1)
        #expect(result.of(.connect).first?.what.contains("ev3") == true)
        #expect(!"\(result.findings)".contains("wrong password: wrong"))
        #expect(result.code == 15)
    }

    @Test("a broker that speaks 3.1.1 only: 5.0 is noted, the rest goes on with 3.1.1")
    func olderBroker() throws {
        let server = try NatsServer()
        let result = examine(port: server.port)
        let connect = result.of(.connect)
        #expect(connect.first?.outcome == .noted)
        #expect(connect.contains { $0.outcome == .passed && $0.what.hasPrefix("MQTT 3.1.1") })
        #expect(result.of(.limits).first?.outcome == .skipped)
        #expect(result.of(.subscribe).contains { $0.what.hasPrefix("#: granted") })
    }

    @Test(
        "what answers, but is no broker",
        arguments: [
            ("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n", "web server"),
            ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "SSH"),
        ])
    func strangers(greeting: String, word: String) {
        let broker = FakeBroker(FakeBroker.answering(Array(greeting.utf8)))
        let result = examine(port: broker.port)
        #expect(result.course.last == "connect failed")
        #expect(result.of(.connect).first?.what.contains(word) == true, "\(result.findings)")
        #expect(result.code == 15)
    }

    @Test("a server that says nothing is waited for as long as it is said, once")
    func frozen() throws {
        let broker = try Mosquitto()
        broker.freeze()
        defer { broker.thaw() }
        let result = examine(port: broker.port)
        #expect(result.course == ["name passed", "reach passed", "connect failed"])
        #expect(result.of(.connect).first?.what.contains("does not answer MQTT") == true)
    }

    @Test("the ACL hides a topic: the publish is refused, and what comes back is not awaited in vain")
    func hidden() throws {
        let broker = try Mosquitto(configuration: { port, directory in
            try? "topic read #\n".write(toFile: directory + "/acl", atomically: true, encoding: .utf8)
            return [
                "listener \(port) 127.0.0.1", "allow_anonymous true", "acl_file \(directory)/acl",
                "log_dest file \(directory)/mosquitto.log", "user root",
            ]
        })
        let result = examine(port: broker.port, topic: "robots/cmd")
        #expect(result.of(.publish).map(\.outcome) == [.failed, .failed, .failed])
        #expect(result.of(.publish).dropFirst().allSatisfy { $0.todo.contains("topic write") }, "\(result.findings)")
        #expect(result.code == Stage.traffic.exitCode || result.code == Stage.publish.exitCode)
    }

    @Test("TLS: the certificate is shown, whether it is trusted or not")
    func certificates() throws {
        let certificates = try Certificates()
        try certificates.issue("server")
        let broker = try Mosquitto(configuration: { port, directory in
            certificates.listener("server", port: port) + ["allow_anonymous true", "user root"]
        })
        let endpoint = Endpoint(host: "localhost", port: broker.port, transport: .tls)
        let trusted = Self.examine(endpoint) { $0.tls.authorityFile = certificates.path("ca.crt") }
        let tls = try #require(trusted.of(.tls).first)
        #expect(tls.outcome == .passed)
        let fingerprint = try certificates.fingerprint("server")
        #expect(tls.facts.contains { $0.name == "fingerprint" && $0.value == fingerprint })
        #expect(tls.facts.contains { $0.name == "names" && $0.value.contains("localhost") })
        #expect(trusted.of(.connect).first?.outcome == .passed)

        let untrusted = Self.examine(endpoint)
        #expect(untrusted.course.last == "tls failed")
        #expect(untrusted.of(.tls).first?.facts.contains { $0.name == "issuer" } == true)
        #expect(untrusted.code == 13)
    }

    @Test("plain TCP to a WebSocket and the other way round fails at its own step")
    func wrongTransport() throws {
        let broker = try Mosquitto()
        let path = Endpoint(host: "127.0.0.1", port: broker.port, transport: .webSocket(path: "/mqtt"))
        let result = Self.examine(path)
        #expect(result.course.last == "websocket failed")
        #expect(result.code == 14)
    }

    @Test("a proxy that nobody runs, and one that does not reach the broker, are told from the broker")
    func proxies() throws {
        let port = try ServerProcess.freePort()
        let result = Self.examine(Endpoint(host: "127.0.0.1", port: 1)) {
            $0.proxy = Proxy(host: "127.0.0.1", port: port)
        }
        #expect(result.of(.reach).first?.what.hasPrefix("The proxy 127.0.0.1:\(port) cannot be reached") == true)
        #expect(result.code == 11)
    }

    @Test("a unix domain socket that is not there")
    func noSocket() {
        let result = Self.examine(Endpoint(unixPath: "/tmp/there is no such socket"))
        #expect(result.course == ["reach failed"])
        #expect(result.code == 11)
    }
}

/// The Topic Name `text`.
private func name(_ text: String) -> TopicName {
    guard let name = try? TopicName(text) else { fatalError("no topic name: \(text)") }
    return name
}
