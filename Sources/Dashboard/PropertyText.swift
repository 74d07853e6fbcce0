import MQTT

/// The properties of a message as lines for people.
enum PropertyText {
    /// One line for each property of a PUBLISH, given as it came; a property section that cannot be read says so.
    static func lines(encoded: [UInt8]) -> [(name: String, value: String)] {
        guard !encoded.isEmpty else { return [] }
        do throws(ProtocolViolation) {
            return lines(try Properties(decoding: encoded, of: .publishToClient))
        } catch {
            return [("properties", "unreadable: \(error.detail)")]
        }
    }

    /// One line for each property that is there, named as in the specification.
    static func lines(_ properties: Properties) -> [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = []
        func add(_ name: String, _ value: (some CustomStringConvertible)?, unit: String = "") {
            if let value { lines.append((name, value.description + unit)) }
        }
        add("Content Type", properties.contentType)
        if let format = properties.payloadFormatIndicator {
            lines.append(("Payload Format Indicator", format == 1 ? "UTF-8" : "bytes"))
        }
        add("Message Expiry Interval", properties.messageExpiryInterval, unit: " s")
        add("Response Topic", properties.responseTopic)
        if let data = properties.correlationData {
            lines.append(("Correlation Data", data.prefix(32).map(hexadecimal).joined(separator: " ")))
        }
        for property in properties.userProperties { lines.append((property.name, property.value)) }
        add("Session Expiry Interval", properties.sessionExpiryInterval, unit: " s")
        add("Receive Maximum", properties.receiveMaximum)
        add("Maximum QoS", properties.maximumQoS)
        if let available = properties.retainAvailable { lines.append(("Retain Available", yesNo(available))) }
        if let size = properties.maximumPacketSize { lines.append(("Maximum Packet Size", Format.count(size) + " B")) }
        add("Topic Alias Maximum", properties.topicAliasMaximum)
        add("Server Keep Alive", properties.serverKeepAlive, unit: " s")
        if let flag = properties.wildcardSubscriptionAvailable {
            lines.append(("Wildcard Subscription Available", yesNo(flag)))
        }
        if let flag = properties.subscriptionIdentifierAvailable {
            lines.append(("Subscription Identifier Available", yesNo(flag)))
        }
        if let flag = properties.sharedSubscriptionAvailable {
            lines.append(("Shared Subscription Available", yesNo(flag)))
        }
        add("Assigned Client Identifier", properties.assignedClientIdentifier)
        add("Response Information", properties.responseInformation)
        add("Server Reference", properties.serverReference)
        add("Reason String", properties.reasonString)
        return lines
    }

    private static func yesNo(_ flag: UInt8) -> String { flag == 0 ? "no" : "yes" }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
