import Foundation

/// A real NATS server with MQTT for one test: it speaks 3.1.1 alone, and QoS 0 and 1.
package final class NatsServer {
    private let process: ServerProcess

    /// Where it listens for MQTT, on 127.0.0.1.
    package var port: Int { process.port }

    /// Starts one.
    package init() throws {
        process = try ServerProcess("nats-server")
        // MQTT needs a name and a place for JetStream; its own protocol gets any port that is free.
        let configuration = """
            server_name: mqscope-test
            host: 127.0.0.1
            port: -1
            jetstream { store_dir: "\(process.directory)/store" }
            mqtt { host: 127.0.0.1, port: \(port) }

            """
        let file = process.directory + "/nats.conf"
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        try process.start(configuration: file)
    }
}
