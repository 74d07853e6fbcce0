import CAllocationCount
import MQTT
import MQTTCodec
import NIOCore
import NIOEmbedded
import Testing

@testable import MQTTClient

@Suite("No allocation per message", .enabled(if: allocation_count() >= 0, "sanitizers bring a malloc of their own"))
struct AllocationTests {
    /// Memory requests of one read of `count` messages, after some reads to get used to them.
    private func allocations(of count: Int, version: ProtocolVersion, properties: Properties = Properties()) throws
        -> Int64
    {
        var bench = try SessionBench.connected(version: version)
        let bytes = try messages(count, version: version, properties: properties)
        var requests: Int64 = 0
        for _ in 0..<4 {
            let before = allocation_count()
            let used = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
            let output = bench.session.takeOutput()
            requests = allocation_count() - before
            #expect(used == bytes.count && output.messages?.count == count)
        }
        return requests
    }

    @Test(
        "a read of 3,000 QoS 0 messages asks for memory as often as one of 300",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func receive(version: ProtocolVersion) throws {
        let few = try allocations(of: 300, version: version)
        let many = try allocations(of: 3_000, version: version)
        #expect(few == many)
        // Unoptimised code asks once for each of the 256 records that the trace keeps of a read.
        #expect(many < 300, "\(many) requests for a read")
    }

    @Test("properties are checked in place too")
    func properties() throws {
        let carried = MQTTClientTests.properties {
            $0.contentType = "application/json"
            $0.userProperties = [UserProperty("key", "value")]
        }
        #expect(
            try allocations(of: 300, version: .v5_0, properties: carried)
                == allocations(of: 3_000, version: .v5_0, properties: carried))
    }

    @Test("a header that announces 256 MiB takes nothing ahead")
    func announced() throws {
        var bench = try SessionBench.connected()
        let bytes: [UInt8] = [0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 0x61]
        let before = allocation_bytes()
        let used = bytes.withUnsafeBytes { bench.session.receive($0, at: bench.now) }
        #expect(used == 0)
        #expect(allocation_bytes() - before < 4_096)
    }

    @Test("the decoder asks for none when the batch has room", arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func decoder(version: ProtocolVersion) throws {
        let bytes = try messages(3_000, version: version)
        let decoder = PacketDecoder(role: .client, version: version)
        var aliases = TopicAliases()
        var batch = Batch(arrival: .zero)
        batch.reserve(byteCount: bytes.count, messageCount: 3_000)
        let before = allocation_count()
        try bytes.withUnsafeBytes { bytes in
            var index = 0
            try decoder.takePublishes(from: bytes, at: &index, aliases: &aliases, into: &batch)
        }
        #expect(allocation_count() - before == 0)
        #expect(batch.count == 3_000)
    }

    @Test(
        "from the channel through the whole client and out of the inbox: as often for 3,000 as for 300",
        arguments: [ProtocolVersion.v3_1_1, .v5_0])
    func wholePath(version: ProtocolVersion) throws {
        #expect(
            try allocationsOfClient(for: 300, version: version) == allocationsOfClient(for: 3_000, version: version))
    }

    /// Memory requests of a connected client and its consumer for one read of `count` messages, after some reads to get
    /// used to them.
    private func allocationsOfClient(for count: Int, version: ProtocolVersion) throws -> Int64 {
        let loop = EmbeddedEventLoop()
        let channel = EmbeddedChannel(loop: loop)
        let inbox = Inbox()
        let configuration = ClientConfiguration(
            endpoint: Endpoint(host: "localhost", port: 1883), clientIdentifier: "bench")
        let driver = Driver(configuration, outlet: inbox, eventLoop: loop) { Instant(nanoseconds: 1_000_000_000) }
        let handler = PacketHandler(delegate: driver)
        try channel.pipeline.syncOperations.addHandler(handler)
        channel.pipeline.fireChannelActive()
        driver.state = .connected(channel, handler)
        driver.session.open(version: version, at: driver.clock())
        var connack: [UInt8] = []
        try PacketEncoder(role: .server, version: version).encode(
            .connack(ConnAck(isShortForm: version < .v5_0)), into: &connack)
        try channel.writeInbound(ByteBuffer(bytes: connack))

        let read = ByteBuffer(bytes: try messages(count, version: version))
        var requests: Int64 = 0
        for _ in 0..<4 {
            let before = allocation_count()
            try channel.writeInbound(read)
            let deliveries = inbox.take()
            requests = allocation_count() - before
            let arrived = deliveries.reduce(0) { sum, delivery in
                if case .messages(let batch) = delivery { sum + batch.count } else { sum }
            }
            #expect(arrived == count)
        }
        driver.leave()
        return requests
    }

    /// The bytes of `count` messages from a server.
    private func messages(
        _ count: Int, version: ProtocolVersion, properties: Properties = Properties()
    ) throws -> [UInt8] {
        let message = Message(
            topic: name("robots/ev3-1/motor/A/position"), payload: Array("{\"v\":4711}".utf8), properties: properties)
        var bytes: [UInt8] = []
        for _ in 0..<count {
            try PacketEncoder(role: .server, version: version).encode(.publish(Publish(message)), into: &bytes)
        }
        return bytes
    }
}
