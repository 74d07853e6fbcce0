import MQTT
internal import Screen

/// A message as JSON: as mosquitto_sub's `%j` and `%J` have it, and in a form of our own that loses nothing.
extension MessagePrinter {
    /// The object of `%j`, or of `%J` where the payload is a JSON value; when it is none, a complaint and nothing else.
    mutating func appendLikeMosquitto(_ message: ReceivedMessage, isPayloadJSON: Bool) {
        let before = output.count
        var layout = JSONLayout(isPretty: options.isPretty, isSafe: options.isSafe)
        layout.openObject(&output)
        layout.key("tst", &output)
        output.append(UInt8(ascii: "\""))
        output.append(time.date)
        output.append(UInt8(ascii: "."))
        output.append(decimal: time.nanoseconds / 1_000, digits: 6)
        output.append(time.zone)
        output.append(UInt8(ascii: "\""))
        appendHead(message, &layout)
        if message.properties.count > 0 {
            layout.key("properties", &output)
            appendProperties(message, &layout)
        }
        layout.key("payload", &output)
        if message.payload.isEmpty {
            output.append("null")
        } else if !isPayloadJSON {
            layout.string(message.payload, &output)
        } else {
            var payload = JSONReprint(message.payload, layout: layout)
            guard payload.append(to: &output) else {
                output.truncate(to: before)
                let topic = String(decoding: message.topic, as: UTF8.self)
                return complain("Error: Message payload is not valid JSON on topic \(topic).")
            }
        }
        layout.closeObject(&output)
    }

    /// `topic`, `qos`, `retain`, `payloadlen` and `mid`.
    private mutating func appendHead(_ message: ReceivedMessage, _ layout: inout JSONLayout) {
        layout.key("topic", &output)
        layout.string(message.topic, &output)
        layout.key("qos", &output)
        output.append(0x30 + message.flags.qos.rawValue)
        layout.key("retain", &output)
        output.append(message.flags.isRetained ? "true" : "false")
        layout.key("payloadlen", &output)
        output.append(decimal: Int64(message.payload.count))
        guard message.flags.hasIdentifier else { return }
        layout.key("mid", &output)
        output.append(decimal: Int64(message.identifier))
    }

    /// The properties in the order they came, User Properties together where the first one came.
    private mutating func appendProperties(_ message: ReceivedMessage, _ layout: inout JSONLayout) {
        layout.openObject(&output)
        var reader = PropertyReader(message.properties, of: .publishToClient)
        var hasUserProperties = false
        while let (identifier, value) = try? reader.next() {
            guard let name = identifier.messageName else { continue }
            switch value {
            case .integer(let number):
                layout.key(name, &output)
                output.append(decimal: Int64(number))
            case .bytes(let bytes):
                layout.key(name, &output)
                layout.string(bytes, &output)
            case .pair:
                guard !hasUserProperties else { continue }
                hasUserProperties = true
                appendUserProperties(message, &layout)
            }
        }
        layout.closeObject(&output)
    }

    /// `"user-properties":[{"k1":"v1"},{"k1":"v2"}]`
    private mutating func appendUserProperties(_ message: ReceivedMessage, _ layout: inout JSONLayout) {
        layout.key("user-properties", &output)
        layout.openArray(&output)
        var reader = PropertyReader(message.properties, of: .publishToClient)
        while let (_, value) = try? reader.next() {
            guard case .pair(let name, let value) = value else { continue }
            layout.element(&output)
            layout.openObject(&output)
            layout.key(name, &output)
            layout.string(value, &output)
            layout.closeObject(&output)
        }
        layout.closeArray(&output)
    }

    /// One object with everything, on one line unless it is to be pretty:
    ///
    ///     {"time":"2026-11-26T12:04:31.482123456+01:00","topic":"a/b","qos":1,"retain":false,"dup":false,"mid":7,
    ///      "payloadlen":5,"properties":{…},"payload":"hello"}
    ///
    /// `time` is RFC 3339; `mid` is there at QoS 1 and 2; `properties` where the message has any, under the names of
    /// mosquitto, with `subscription-identifiers` as an array. A payload, and `correlation-data`, that are no UTF-8 stand
    /// in base64 (RFC 4648) under `payload-base64` and `correlation-data-base64` instead.
    mutating func appendJSON(_ message: ReceivedMessage) {
        var layout = JSONLayout(isPretty: options.isPretty, isSafe: options.isSafe)
        output.reserve(160 + message.topic.count + 2 * message.payload.count)
        layout.openObject(&output)
        layout.key("time", &output)
        output.append(UInt8(ascii: "\""))
        output.append(time.date)
        output.append(UInt8(ascii: "."))
        output.append(decimal: time.nanoseconds, digits: 9)
        time.zone.withUnsafeBytes { zone in
            output.append(UnsafeRawBufferPointer(rebasing: zone.prefix(3)))
            output.append(UInt8(ascii: ":"))
            output.append(UnsafeRawBufferPointer(rebasing: zone.dropFirst(3)))
        }
        output.append(UInt8(ascii: "\""))
        layout.key("topic", &output)
        layout.string(message.topic, &output)
        layout.key("qos", &output)
        output.append(0x30 + message.flags.qos.rawValue)
        layout.key("retain", &output)
        output.append(message.flags.isRetained ? "true" : "false")
        layout.key("dup", &output)
        output.append(message.flags.isDuplicate ? "true" : "false")
        if message.flags.hasIdentifier {
            layout.key("mid", &output)
            output.append(decimal: Int64(message.identifier))
        }
        layout.key("payloadlen", &output)
        output.append(decimal: Int64(message.payload.count))
        if message.properties.count > 0 {
            layout.key("properties", &output)
            appendAllProperties(message, &layout)
        }
        append(data: message.payload, "payload", "payload-base64", &layout)
        layout.closeObject(&output)
    }

    /// The properties in the order they came, those that repeat together where the first one came.
    private mutating func appendAllProperties(_ message: ReceivedMessage, _ layout: inout JSONLayout) {
        layout.openObject(&output)
        var reader = PropertyReader(message.properties, of: .publishToClient)
        var hasUserProperties = false
        var hasIdentifiers = false
        while let (identifier, value) = try? reader.next() {
            guard let name = identifier.messageName else { continue }
            switch value {
            case .integer where identifier == .subscriptionIdentifier:
                guard !hasIdentifiers else { continue }
                hasIdentifiers = true
                appendIdentifiers(message, &layout)
            case .integer(let number):
                layout.key(name, &output)
                output.append(decimal: Int64(number))
            case .bytes(let bytes) where identifier == .correlationData:
                append(data: bytes, "correlation-data", "correlation-data-base64", &layout)
            case .bytes(let bytes):
                layout.key(name, &output)
                layout.string(bytes, &output)
            case .pair:
                guard !hasUserProperties else { continue }
                hasUserProperties = true
                appendUserProperties(message, &layout)
            }
        }
        layout.closeObject(&output)
    }

    private mutating func appendIdentifiers(_ message: ReceivedMessage, _ layout: inout JSONLayout) {
        layout.key("subscription-identifiers", &output)
        layout.openArray(&output)
        var reader = PropertyReader(message.properties, of: .publishToClient)
        while let (identifier, value) = try? reader.next() {
            guard identifier == .subscriptionIdentifier, case .integer(let number) = value else { continue }
            layout.element(&output)
            output.append(decimal: Int64(number))
        }
        layout.closeArray(&output)
    }

    /// A member with data: a string under `text` where it is UTF-8, else base64 under `base64`.
    private mutating func append(
        data: UnsafeRawBufferPointer, _ text: StaticString, _ base64: StaticString, _ layout: inout JSONLayout
    ) {
        let before = output.count
        let start = layout
        layout.key(text, &output)
        guard !layout.string(data, mends: false, &output) else { return }
        output.truncate(to: before)
        layout = start
        layout.key(base64, &output)
        output.append(UInt8(ascii: "\""))
        output.append(Base64.encoded(data))
        output.append(UInt8(ascii: "\""))
    }
}

extension PropertyIdentifier {
    /// What mosquitto calls it, where a PUBLISH may have it.
    fileprivate var messageName: StaticString? {
        switch self {
        case .payloadFormatIndicator: "payload-format-indicator"
        case .messageExpiryInterval: "message-expiry-interval"
        case .contentType: "content-type"
        case .responseTopic: "response-topic"
        case .correlationData: "correlation-data"
        case .subscriptionIdentifier: "subscription-identifier"
        case .topicAlias: "topic-alias"
        case .userProperty: "user-properties"
        default: nil
        }
    }
}
