/// The messages of one read from the connection, or a part of them where they are large: all their bytes in one array, one fixed-size record each.
public struct Batch: Sendable {
    /// One message: where its parts lie in `bytes`, in the order topic, payload, properties.
    public struct Record: Sendable {
        /// Index in `bytes` of the topic's first byte.
        public var offset: UInt32
        /// Bytes of the payload, which follows the topic.
        public var payloadLength: UInt32
        /// Bytes of the encoded properties (without their length), which follow the payload; 0 before 5.0.
        public var propertiesLength: UInt32
        /// Bytes of the topic.
        public var topicLength: UInt16
        /// RETAIN, QoS and DUP as PUBLISH carries them.
        public var flags: PublishFlags

        @inlinable
        init(offset: UInt32, payloadLength: UInt32, propertiesLength: UInt32, topicLength: UInt16, flags: PublishFlags)
        {
            self.offset = offset
            self.payloadLength = payloadLength
            self.propertiesLength = propertiesLength
            self.topicLength = topicLength
            self.flags = flags
        }
    }

    /// Topics, payloads and properties of all messages, one after the other.
    public private(set) var bytes: [UInt8] = []
    /// The messages in the order they came.
    public private(set) var records: [Record] = []
    /// When the read happened.
    public package(set) var arrival: Instant

    /// From so many bytes on a batch is handed over before more is read, bytes.
    package static let fullSize = 8 << 20

    /// An empty batch that arrived at `arrival`.
    package init(arrival: Instant) { self.arrival = arrival }

    /// How many messages it holds.
    @inlinable public var count: Int { records.count }
    /// Whether it holds no message.
    @inlinable public var isEmpty: Bool { records.isEmpty }
    /// Whether no more may be added: what Topic Aliases and large messages make of one read is bounded by this.
    package var isFull: Bool { bytes.count >= Self.fullSize }

    /// Makes room for `byteCount` more bytes and `messageCount` more messages.
    package mutating func reserve(byteCount: Int, messageCount: Int) {
        bytes.reserveCapacity(bytes.count + byteCount)
        records.reserveCapacity(records.count + messageCount)
    }

    /// Appends a message; the bytes are copied. All its parts together are at most 256 MiB, as a packet is.
    package mutating func append(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, properties: UnsafeRawBufferPointer,
        flags: PublishFlags
    ) {
        // No length is cut: a packet has at most 256 MiB, and a batch is handed over from 8 MiB on.
        records.append(
            Record(
                offset: UInt32(truncatingIfNeeded: bytes.count),
                payloadLength: UInt32(truncatingIfNeeded: payload.count),
                propertiesLength: UInt32(truncatingIfNeeded: properties.count),
                topicLength: UInt16(truncatingIfNeeded: topic.count), flags: flags))
        bytes.append(addingCapacity: topic.count + payload.count + properties.count) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                guard var end = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                end = Self.copy(topic, to: end)
                end = Self.copy(payload, to: end)
                end = Self.copy(properties, to: end)
                count = buffer.count
            }
        }
    }

    /// Copies `part` to `end`, where there is room for it, and returns the end then.
    @inline(__always)
    private static func copy(_ part: UnsafeRawBufferPointer, to end: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
    {
        guard let start = part.baseAddress, part.count > 0 else { return end }
        end.copyMemory(from: start, byteCount: part.count)
        return end + part.count
    }

    /// Appends a message given as values, as tests and recordings have them.
    package mutating func append(topic: String, payload: [UInt8], flags: PublishFlags = PublishFlags(rawValue: 0)) {
        var topic = topic
        topic.withUTF8 { topic in
            payload.withUnsafeBytes { payload in
                append(
                    topic: UnsafeRawBufferPointer(topic), payload: payload,
                    properties: UnsafeRawBufferPointer(start: nil, count: 0), flags: flags)
            }
        }
    }

    /// The topic's bytes of a record of this batch.
    @inlinable
    public func topic(_ record: Record) -> ArraySlice<UInt8> {
        bytes[Int(record.offset)..<Int(record.offset) + Int(record.topicLength)]
    }

    /// The payload's bytes of a record of this batch.
    @inlinable
    public func payload(_ record: Record) -> ArraySlice<UInt8> {
        let start = Int(record.offset) + Int(record.topicLength)
        return bytes[start..<start + Int(record.payloadLength)]
    }

    /// The encoded properties of a record of this batch.
    @inlinable
    public func properties(_ record: Record) -> ArraySlice<UInt8> {
        let start = Int(record.offset) + Int(record.topicLength) + Int(record.payloadLength)
        return bytes[start..<start + Int(record.propertiesLength)]
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
    /// The QoS; the invalid value 3 never gets past the decoder.
    @inlinable public var qos: QoS { QoS(rawValue: rawValue >> 1 & 3) ?? .exactlyOnce }
}
