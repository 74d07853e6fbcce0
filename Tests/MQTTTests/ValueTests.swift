import MQTT
import Testing

@Suite("Messages, traces and codes as values")
struct ValueTests {
    @Test("a batch gives back each message's parts")
    func batch() {
        var batch = Batch(arrival: Instant(nanoseconds: 5))
        batch.append(topic: "a/b", payload: [1, 2, 3], flags: PublishFlags(qos: .atLeastOnce, isRetained: true))
        let (topic, payload, properties): ([UInt8], [UInt8], [UInt8]) = ([0x63], [], [0x01, 1])
        topic.withUnsafeBytes { topic in
            payload.withUnsafeBytes { payload in
                properties.withUnsafeBytes { properties in
                    batch.append(
                        topic: topic, payload: payload, properties: properties,
                        flags: PublishFlags(qos: .exactlyOnce, isRetained: false, isDuplicate: true))
                }
            }
        }
        #expect(batch.count == 2)
        let (first, second) = (batch.records[0], batch.records[1])
        #expect(Array(batch.topic(first)) == Array("a/b".utf8))
        #expect(Array(batch.payload(first)) == [1, 2, 3])
        #expect(batch.properties(first).isEmpty)
        #expect(first.flags.qos == .atLeastOnce && first.flags.isRetained && !first.flags.isDuplicate)
        #expect(Array(batch.topic(second)) == topic)
        #expect(batch.payload(second).isEmpty)
        #expect(Array(batch.properties(second)) == properties)
        #expect(second.flags.qos == .exactlyOnce && !second.flags.isRetained && second.flags.isDuplicate)
    }

    @Test("with room made before, appending takes no more room")
    func reserved() {
        var batch = Batch(arrival: .zero)
        batch.reserve(byteCount: 40, messageCount: 10)
        let (bytes, records) = (batch.bytes.capacity, batch.records.capacity)
        for _ in 0..<10 { batch.append(topic: "ab", payload: [1, 2]) }
        #expect(batch.bytes.capacity == bytes && batch.records.capacity == records)
    }

    @Test("a trace record keeps the first 64 bytes of a topic and its true length")
    func trace() {
        var record = TraceRecord(time: .zero, direction: .sent, type: .publish)
        #expect(record.topic.isEmpty)
        func set(_ text: String) {
            var text = text
            text.withUTF8 { record.setTopic(UnsafeRawBufferPointer($0)) }
        }
        set("a/b")
        #expect(record.topic == "a/b" && record.topicLength == 3)
        let long = String(repeating: "x", count: 63) + "é and more"
        set(long)
        #expect(record.topic == String(repeating: "x", count: 63) + "\u{FFFD}")
        #expect(Int(record.topicLength) == long.utf8.count)
        set("short")
        #expect(record.topic == "short")
    }

    @Test("Reason Codes have the specification's names, and 0x80 and above are failures")
    func reasonCodes() {
        #expect(ReasonCode.notAuthorized.description == "Not authorized (0x87)")
        #expect(ReasonCode(rawValue: 0).description == "Success (0x00)")
        #expect(ReasonCode(rawValue: 0xFE).description == "Reason Code (0xFE)")
        #expect(!ReasonCode.noMatchingSubscribers.isFailure && ReasonCode.unspecifiedError.isFailure)
        let named = (0...255).map { ReasonCode(rawValue: UInt8($0)) }.filter { $0.name != "Reason Code" }
        #expect(named.count == 43)
    }

    @Test("versions have an order, and each but the oldest an older one")
    func versions() {
        #expect(ProtocolVersion.v3_1 < .v3_1_1 && ProtocolVersion.v3_1_1 < .v5_0)
        #expect(ProtocolVersion.v5_0.older == .v3_1_1 && ProtocolVersion.v3_1_1.older == .v3_1)
        #expect(ProtocolVersion.v3_1.older == nil)
    }

    @Test("an endpoint is written as people write it")
    func endpoints() {
        #expect(Endpoint(host: "robot", port: 1883).description == "robot:1883")
        #expect(Endpoint(host: "::1", port: 1883).description == "[::1]:1883")
        #expect(Endpoint(host: "127.0.0.1", port: 1).isLoopback && !Endpoint(host: "10.0.0.1", port: 1).isLoopback)
    }

    @Test("a message of a batch is a value of its own, with its properties")
    func messageOfBatch() throws {
        var properties = Properties()
        properties.contentType = "text/plain"
        properties.userProperties = [UserProperty("a", "b")]
        var encoded: [UInt8] = []
        try properties.encode(into: &encoded, of: .publishToClient)
        var batch = Batch(arrival: .zero)
        batch.append(topic: "first", payload: [1])
        "a/ü".utf8.withContiguousStorageIfAvailable { topic in
            [UInt8]([2, 3]).withUnsafeBytes { payload in
                encoded.dropFirst().withUnsafeBytes { properties in
                    batch.append(
                        topic: UnsafeRawBufferPointer(topic), payload: payload, properties: properties,
                        flags: PublishFlags(qos: .atLeastOnce, isRetained: true))
                }
            }
        }
        let message = Message(
            topic: try TopicName("a/ü"), payload: [2, 3], qos: .atLeastOnce, isRetained: true, properties: properties)
        #expect(batch.message(batch.records[1]) == message)
    }
}
