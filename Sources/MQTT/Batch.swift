/// The messages of one read from the connection, or a part of them where they are large: all their bytes in one array, one fixed-size record each.
public struct Batch: Sendable {
    /// One message: where its parts lie in `bytes`, in the order of a PUBLISH: topic, properties, payload. At QoS 1 and 2 two
    /// bytes of Packet Identifier stand behind them.
    public struct Record: Sendable {
        /// Index in `bytes` of the topic's first byte.
        public let offset: UInt32
        /// Bytes of the payload, which follows the properties.
        public let payloadLength: UInt32
        /// Bytes of the encoded properties (without their length); 0 before 5.0.
        public let propertiesLength: UInt32
        /// Bytes of the topic.
        public let topicLength: UInt16
        /// RETAIN, QoS and DUP as PUBLISH carries them.
        public let flags: PublishFlags
        /// Bytes between topic and properties: where a PUBLISH was taken as it came, Property Length.
        @usableFromInline let gap: UInt8

        @inline(__always)
        fileprivate init(
            offset: Int, topicLength: Int, gap: Int, propertiesLength: Int, payloadLength: Int, flags: PublishFlags
        ) {
            // Nothing is cut off: a packet has at most 256 MiB, and a batch is handed over from 8 MiB on.
            self.offset = UInt32(truncatingIfNeeded: offset)
            self.payloadLength = UInt32(truncatingIfNeeded: payloadLength)
            self.propertiesLength = UInt32(truncatingIfNeeded: propertiesLength)
            self.topicLength = UInt16(truncatingIfNeeded: topicLength)
            self.flags = flags
            self.gap = UInt8(truncatingIfNeeded: gap)
        }

        /// Where the topic lies in `bytes`.
        @inlinable public var topic: Range<Int> { Int(offset)..<Int(offset) + Int(topicLength) }
        /// Where the properties lie in `bytes`.
        @inlinable public var properties: Range<Int> {
            let start = topic.upperBound + Int(gap)
            return start..<start + Int(propertiesLength)
        }
        /// Where the payload lies in `bytes`.
        @inlinable public var payload: Range<Int> {
            let start = properties.upperBound
            return start..<start + Int(payloadLength)
        }
    }

    /// Topics, properties and payloads of all messages, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// The messages in the order they came.
    public private(set) var records: [Record] = []
    /// When the read happened.
    public package(set) var arrival: Instant

    /// From so many bytes on a batch is handed over before more is read, bytes.
    @inlinable package static var fullSize: Int { 8 << 20 }

    /// An empty batch that arrived at `arrival`.
    package init(arrival: Instant) { self.arrival = arrival }

    /// How many messages it holds.
    @inlinable public var count: Int { records.count }
    /// Whether it holds no message.
    @inlinable public var isEmpty: Bool { records.isEmpty }
    /// Whether no more may be added: what Topic Aliases and large messages make of one read is bounded by this.
    @inlinable package var isFull: Bool { bytes.count >= Self.fullSize }

    /// Forgets all messages, and keeps their memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
    }

    /// Makes room for `byteCount` more bytes and `messageCount` more messages.
    package mutating func reserve(byteCount: Int, messageCount: Int) {
        bytes.reserveCapacity(bytes.count + byteCount)
        records.reserveCapacity(records.count + messageCount)
    }

    /// Appends a message; the bytes are copied. All its parts together are at most 256 MiB, as a packet is. `identifier` is
    /// kept at QoS 1 and 2.
    package mutating func append(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer,
        flags: PublishFlags, identifier: UInt16 = 0
    ) {
        records.append(
            Record(
                offset: bytes.count, topicLength: topic.count, gap: 0, propertiesLength: properties.count,
                payloadLength: payload.count, flags: flags))
        bytes.append(addingCapacity: topic.count + payload.count + properties.count) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                guard var end = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                end = Self.copy(topic, to: end)
                end = Self.copy(properties, to: end)
                end = Self.copy(payload, to: end)
                count = buffer.count
            }
        }
        if flags.hasIdentifier { bytes.append(twoByteInteger: identifier) }
    }

    /// Adds a message of QoS 0 whose PUBLISH, from the topic on, lies at `offset` of what `append(packets:)` appends next, with
    /// `gap` bytes of Property Length behind the topic.
    @inline(__always)
    package mutating func add(
        _ flags: PublishFlags, at offset: Int, topicLength: Int, gap: Int, propertiesLength: Int, payloadLength: Int
    ) {
        records.append(
            Record(
                offset: bytes.count &+ offset, topicLength: topicLength, gap: gap, propertiesLength: propertiesLength,
                payloadLength: payloadLength, flags: flags))
    }

    /// Appends whole packets as they came, whose messages have been added: one copy for all of them.
    package mutating func append(packets: UnsafeRawBufferPointer) { bytes.append(contentsOf: packets) }

    /// Copies `part` to `end`, where there is room for it, and returns the end then.
    @inline(__always)
    private static func copy(_ part: UnsafeRawBufferPointer, to end: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
    {
        guard let start = part.baseAddress, part.count > 0 else { return end }
        end.copyMemory(from: start, byteCount: part.count)
        return end + part.count
    }

    /// Appends a message given as values, as tests and recordings have them; `properties` are encoded, without their length.
    package mutating func append(
        topic: String, payload: [UInt8], properties: [UInt8] = [], flags: PublishFlags = PublishFlags(rawValue: 0),
        identifier: UInt16 = 0
    ) {
        var topic = topic
        topic.withUTF8 { topic in
            payload.withUnsafeBytes { payload in
                properties.withUnsafeBytes { properties in
                    append(
                        topic: UnsafeRawBufferPointer(topic), payload: payload, properties: properties, flags: flags,
                        identifier: identifier)
                }
            }
        }
    }

    /// The topic's bytes of a record of this batch.
    @inlinable
    public func topic(_ record: Record) -> ArraySlice<UInt8> { bytes[record.topic] }

    /// The payload's bytes of a record of this batch.
    @inlinable
    public func payload(_ record: Record) -> ArraySlice<UInt8> { bytes[record.payload] }

    /// The encoded properties of a record of this batch.
    @inlinable
    public func properties(_ record: Record) -> ArraySlice<UInt8> { bytes[record.properties] }

    /// The Packet Identifier of a record of this batch; 0 at QoS 0, which has none.
    public func identifier(_ record: Record) -> UInt16 {
        guard record.flags.hasIdentifier else { return 0 }
        let start = record.payload.upperBound
        return UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
    }
}

/// The flags of a PUBLISH: the low four bits of its first byte (MQTT 5.0 section 3.3.1).
public struct PublishFlags: RawRepresentable, Sendable, Hashable {
    /// Bit 3 DUP, bits 2–1 QoS, bit 0 RETAIN.
    public var rawValue: UInt8

    /// The flags in the low four bits of `rawValue`.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Flags from their parts.
    public init(qos: QoS, isRetained: Bool, isDuplicate: Bool = false) {
        rawValue = (isDuplicate ? 8 : 0) | qos.rawValue << 1 | (isRetained ? 1 : 0)
    }

    /// The RETAIN flag.
    @inlinable public var isRetained: Bool { rawValue & 1 != 0 }
    /// The DUP flag.
    @inlinable public var isDuplicate: Bool { rawValue & 8 != 0 }
    /// Whether it has a Packet Identifier, as at QoS 1 and 2. [MQTT-2.2.1-2]
    @inlinable package var hasIdentifier: Bool { rawValue & 0b110 != 0 }
    /// The QoS; the invalid value 3 never gets past the decoder.
    @inlinable public var qos: QoS { QoS(rawValue: rawValue >> 1 & 3) ?? .exactlyOnce }
}
