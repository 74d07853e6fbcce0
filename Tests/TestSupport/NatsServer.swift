import Foundation

/// A real NATS server with MQTT for one test: it speaks 3.1.1 alone, and QoS 0 and 1.
package final class NatsServer {
    private let process: ServerProcess

    /// Where it listens for MQTT, on 127.0.0.1.
    package var port: Int { process.port }
    /// Where it listens for WebSockets; MQTT is at the path `/mqtt`.
    package let webPort: Int

    /// Starts one.
    package init() throws {
        process = try ServerProcess("nats-server")
        webPort = try ServerProcess.freePort()
        // MQTT needs a name and a place for JetStream; its own protocol gets any port that is free.
        let configuration = """
            server_name: mqscope-test
            host: 127.0.0.1
            port: -1
            jetstream { store_dir: "\(process.directory)/store" }
            max_payload: 8388608
            mqtt { host: 127.0.0.1, port: \(port) }
            websocket { host: 127.0.0.1, port: \(webPort), no_tls: true }

            """
        let file = process.directory + "/nats.conf"
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        try process.start(configuration: file)
    }
}
