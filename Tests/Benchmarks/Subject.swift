import ArgumentParser
import Foundation
import MQTT
import MQTTClient
import MQTTCodec

/// One of our own cases, in a process of its own so that nothing else is counted.
struct Subject: ParsableCommand {
    /// Name and help.
    static let configuration = CommandConfiguration(commandName: "subject", shouldDisplay: false)

    /// What is done.
    enum Work: String, ExpressibleByArgument {
        /// Prepared bytes through the decoder into batches.
        case decode
        /// Prepared bytes through the decoder and a session, as values.
        case session
        /// A whole client that subscribes to all, and somebody who takes what is in its inbox.
        case client
        /// A whole client that publishes.
        case publish
    }

    /// What is done.
    @Argument var work: Work
    /// How many messages.
    @Argument var messageCount: Int
    /// Where the broker is, on 127.0.0.1.
    @Option var port = 0
    /// The QoS of publishes.
    @Option var qos = 0

    /// Does it.
    func run() throws {
        switch work {
        case .decode: try decode()
        case .session: try session()
        case .client: try receive()
        case .publish: try publish()
        }
    }

    /// Hands `body` reads of 256 KiB until `messageCount` messages were in them; it returns how many bytes it used.
    private func read(_ body: (UnsafeRawBufferPointer) throws -> (used: Int, messageCount: Int)) throws {
        let stream = try PacketStream(version: .v5_0, topicCount: 10_000)
        var rest = messageCount
        try stream.bytes.withUnsafeBytes { bytes in
            var index = 0
            while rest > 0 {
                let end = min(index + 256 << 10, bytes.count)
                let (used, count) = try body(UnsafeRawBufferPointer(rebasing: bytes[index..<end]))
                rest -= count
                index = end == bytes.count ? 0 : index + used
            }
        }
    }

    private func decode() throws {
        let decoder = PacketDecoder(role: .client, version: .v5_0)
        var aliases = TopicAliases()
        try read { bytes in
            var batch = Batch(arrival: .zero)
            batch.reserve(byteCount: bytes.count, messageCount: bytes.count / 64)
            var index = 0
            try decoder.takePublishes(from: bytes, at: &index, aliases: &aliases, into: &batch)
            return (index, batch.count)
        }
    }

    private func session() throws {
        let now = Instant(nanoseconds: 1)
        var session = Session(configuration)
        session.open(version: .v5_0, at: now)
        var connack: [UInt8] = []
        try PacketEncoder(role: .server, version: .v5_0).encode(.connack(ConnAck()), into: &connack)
        _ = connack.withUnsafeBytes { session.receive($0, at: now) }
        _ = session.takeOutput()
        try read { bytes in
            let used = session.receive(bytes, at: now)
            let messages = session.takeOutput().messages
            guard let messages else { throw Trouble("the session handed nothing up") }
            return (used, messages.count)
        }
    }

    private func receive() throws {
        let (client, inbox) = start([Subscription(.everything)])
        var rest = messageCount
        while rest > 0 {
            for delivery in Self.next(inbox) {
                switch delivery {
                case .messages(let batch): rest -= batch.count
                case .status(.waiting(let failure, _)), .status(.failed(let failure)): throw Trouble("\(failure)")
                default: break
                }
            }
        }
        client.stop(timeoutMilliseconds: 1_000)
    }

    private func publish() throws {
        guard let qos = QoS(rawValue: UInt8(clamping: qos)) else { throw Trouble("no QoS \(qos)") }
        let topic = try PacketStream.topic(4_711)
        let payloads = (0..<81).map { PacketStream.payload(byteCount: 40 + $0) }
        let (client, inbox) = start([])
        var asked = 0
        var done = 0
        while done < messageCount {
            // At most a thousand are under way; the next come when half of them are done.
            if asked - done <= 500 {
                while asked < messageCount, asked - done < 1_000 {
                    let message = Message(topic: topic, payload: payloads[asked % payloads.count], qos: qos)
                    client.publish(message, id: RequestID(rawValue: UInt64(asked)))
                    asked += 1
                }
            }
            for delivery in Self.next(inbox) {
                switch delivery {
                case .outcome(_, .queued): break
                case .outcome(_, .written), .outcome(_, .acknowledged): done += 1
                case .outcome(_, .unsendable(let why)): throw Trouble("\(why)")
                case .status(.waiting(let failure, _)), .status(.failed(let failure)): throw Trouble("\(failure)")
                default: break
                }
            }
        }
        client.stop(timeoutMilliseconds: 1_000)
    }

    private var configuration: ClientConfiguration {
        ClientConfiguration(endpoint: Endpoint(host: "127.0.0.1", port: port), clientIdentifier: "benchmark")
    }

    private func start(_ subscriptions: [Subscription]) -> (Client, Inbox) {
        var configuration = configuration
        configuration.subscriptions = subscriptions
        let inbox = Inbox()
        let client = Client(configuration: configuration, inbox: inbox)
        client.start()
        return (client, inbox)
    }

    /// What comes next.
    private static func next(_ inbox: Inbox) -> [Delivery] {
        var waiting = pollfd(fd: inbox.fileDescriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, -1)
        return inbox.take()
    }
}
