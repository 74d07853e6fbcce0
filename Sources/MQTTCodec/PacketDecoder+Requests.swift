import MQTT

/// The packets that clients alone send.
extension PacketDecoder {
    /// The body of CONNECT.
    func connect(_ reader: inout WireReader) throws(ProtocolViolation) -> Connect {
        let name = try reader.string()
        let level = try reader.byte()
        guard let version = ProtocolVersion(rawValue: level & 0x7F), level & 0x80 == 0,
            name == (version == .v3_1 ? "MQIsdp" : "MQTT")
        else { throw ProtocolViolation(.unsupportedProtocolVersion, "protocol name or version") }  // [MQTT-3.1.2-1]
        let flags = try reader.byte()
        guard flags & 1 == 0 else { throw .malformed("reserved flag in CONNECT") }  // [MQTT-3.1.2-3]
        let keepAlive = try reader.twoByteInteger()
        let properties = try section(&reader, .connect, version)
        let clientIdentifier = try reader.string()
        let will = try will(&reader, flags: flags, version)
        let hasUserName = flags & 0x80 != 0
        let hasPassword = flags & 0x40 != 0
        guard hasUserName || !hasPassword || version >= .v5_0 else {
            throw .malformed("password without user name")  // [MQTT-3.1.2-22] of 3.1.1
        }
        let userName = hasUserName ? try reader.string() : nil
        let password = hasPassword ? Array(try reader.binaryData()) : nil
        return Connect(
            version: version, clientIdentifier: clientIdentifier, cleanStart: flags & 2 != 0, keepAlive: keepAlive,
            will: will, userName: userName, password: password, properties: properties)
    }

    private func will(
        _ reader: inout WireReader, flags: UInt8, _ version: ProtocolVersion
    ) throws(ProtocolViolation) -> Will? {
        guard flags & 4 != 0 else {
            guard flags & 0x38 == 0 else { throw .malformed("will flags without a will") }  // [MQTT-3.1.2-11]
            return nil
        }
        guard let qos = QoS(rawValue: flags >> 3 & 3) else { throw .malformed("will QoS 3") }  // [MQTT-3.1.2-12]
        var properties = try section(&reader, .will, version)
        let topic = try topicName(reader.string())
        let payload = Array(try reader.binaryData())
        let delay = properties.willDelayInterval ?? 0
        properties.willDelayInterval = nil
        return Will(
            message: Message(
                topic: topic, payload: payload, qos: qos, isRetained: flags & 0x20 != 0, properties: properties),
            delayInterval: delay)
    }

    private func section(
        _ reader: inout WireReader, _ section: PropertySection, _ version: ProtocolVersion
    ) throws(ProtocolViolation) -> Properties {
        guard version >= .v5_0 else { return Properties() }
        let length = try reader.variableByteInteger()
        return try Properties(decoding: try reader.take(length), of: section)
    }

    private func topicName(_ text: String) throws(ProtocolViolation) -> TopicName {
        do throws(TopicError) {
            return try TopicName(text)
        } catch {
            throw ProtocolViolation(.topicNameInvalid, error.description)
        }
    }

    private func topicFilter(_ text: String) throws(ProtocolViolation) -> TopicFilter {
        do throws(TopicError) {
            return try TopicFilter(text)
        } catch {
            throw ProtocolViolation(.topicFilterInvalid, error.description)
        }
    }

    /// The body of SUBSCRIBE.
    func subscribe(_ reader: inout WireReader) throws(ProtocolViolation) -> Subscribe {
        let identifier = try packetIdentifier(&reader)
        let properties = try section(&reader, .subscribe, version)
        var subscriptions: [Subscription] = []
        while !reader.isAtEnd {
            let filter = try topicFilter(reader.string())
            let options = try reader.byte()
            guard options & (version >= .v5_0 ? 0xC0 : 0xFC) == 0 else {
                throw .malformed("reserved subscription options")  // [MQTT-3.8.3-5], [MQTT-3-8.3-4] of 3.1.1
            }
            guard let qos = QoS(rawValue: options & 3), let handling = RetainHandling(rawValue: options >> 4) else {
                throw .protocolError("QoS 3 or Retain Handling 3 of a subscription")  // 3.8.3.1
            }
            guard options & 4 == 0 || !filter.isShared else {
                throw .protocolError("No Local with a shared subscription")  // [MQTT-3.8.3-4]
            }
            subscriptions.append(
                Subscription(
                    filter, qos: qos, noLocal: options & 4 != 0, retainAsPublished: options & 8 != 0,
                    retainHandling: handling))
        }
        guard !subscriptions.isEmpty else { throw .protocolError("SUBSCRIBE without a filter") }  // [MQTT-3.8.3-2]
        return Subscribe(identifier, subscriptions, properties: properties)
    }

    /// The body of UNSUBSCRIBE.
    func unsubscribe(_ reader: inout WireReader) throws(ProtocolViolation) -> Unsubscribe {
        let identifier = try packetIdentifier(&reader)
        let properties = try section(&reader, .unsubscribe, version)
        var filters: [TopicFilter] = []
        while !reader.isAtEnd { filters.append(try topicFilter(reader.string())) }
        guard !filters.isEmpty else { throw .protocolError("UNSUBSCRIBE without a filter") }  // [MQTT-3.10.3-2]
        return Unsubscribe(identifier, filters, properties: properties)
    }
}
