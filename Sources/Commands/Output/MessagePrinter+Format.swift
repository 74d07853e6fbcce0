import MQTT

/// A message as a `-F` format says.
extension MessagePrinter {
    /// Appends a message as `format` says.
    mutating func append(_ message: ReceivedMessage, _ format: OutputFormat) {
        for step in format.steps {
            switch step {
            case .literal(let bytes): output.append(bytes)
            case .topic(let field): append(text: message.topic, field)
            case .payload(let field): append(payload: message.payload, field)
            case .hex(let field, let isUpper): append(hex: message.payload, field, isUpper: isUpper)
            case .float(let field, let byteCount): append(float: message.payload, field, byteCount: byteCount)
            case .length(let field): append(number: Int64(message.payload.count), field)
            case .identifier(let field): append(number: Int64(message.identifier), field)
            case .qos: output.append(0x30 + message.flags.qos.rawValue)
            case .retain: output.append(message.flags.isRetained ? 0x31 : 0x30)
            case .number(let number, let field): append(message, number, field)
            case .contentType(let field):
                if let text = message.bytes(.contentType) { append(text: text, field) } else { append(nothing: field) }
            case .responseTopic(let field):
                if let text = message.bytes(.responseTopic) { append(text: text, field) }
            case .correlationData:
                if let data = message.bytes(.correlationData) { appendText(data, keepsLines: true) }
            case .userProperties: appendUserProperties(message)
            case .localTime(let field): (time.date + time.zone).withUnsafeBytes { append(text: $0, field) }
            case .unixTime:
                output.append(decimal: time.seconds)
                output.append(UInt8(ascii: "."))
                output.append(decimal: time.nanoseconds, digits: 9)
            case .nanoseconds: output.append(decimal: time.nanoseconds, digits: 9)
            case .conversion(let index): output.append(time.texts[index])
            case .json(let isPayloadJSON): appendLikeMosquitto(message, isPayloadJSON: isPayloadJSON)
            }
        }
    }

    /// Text: at most `precision` bytes, blanks up to `width`, never zeros.
    private mutating func append(text: UnsafeRawBufferPointer, _ field: OutputFormat.Field) {
        let part = UnsafeRawBufferPointer(rebasing: text.prefix(field.precision ?? .max))
        let fill = field.width - part.count
        if !field.isLeft { output.append(UInt8(ascii: " "), times: fill) }
        appendText(part, keepsLines: false)
        if field.isLeft { output.append(UInt8(ascii: " "), times: fill) }
    }

    /// The payload, of which `width` is the least and the most.
    private mutating func append(payload: UnsafeRawBufferPointer, _ field: OutputFormat.Field) {
        let part = UnsafeRawBufferPointer(rebasing: payload.prefix(field.width > 0 ? field.width : .max))
        let fill = field.width - part.count
        if !field.isLeft { output.append(field.pad, times: fill) }
        appendText(part, keepsLines: true)
        if field.isLeft { output.append(UInt8(ascii: " "), times: fill) }
    }

    /// The payload in hexadecimal digits, of which `width` is the least number, and the most of its bytes; in groups of
    /// `precision` digits. Zeros before it are grouped as digits are, and blanks take the room that those would.
    private mutating func append(hex payload: UnsafeRawBufferPointer, _ field: OutputFormat.Field, isUpper: Bool) {
        let part = payload.prefix(field.width > 0 ? field.width : .max)
        let fill = max(field.width - 2 * part.count, 0)
        let group = field.precision ?? 0
        let separator = field.separator ?? UInt8(ascii: " ")
        let padding = field.isLeft ? 0 : fill
        let total = padding + 2 * part.count
        var place = 0

        func separate(_ output: inout OutputBuffer, by separator: UInt8) {
            place += 1
            if group > 0, place % group == 0, place < total { output.append(separator) }
        }
        output.reserve(2 * total)
        for _ in 0..<padding {
            output.append(field.pad)
            separate(&output, by: field.pad == UInt8(ascii: "0") ? separator : field.pad)
        }
        for byte in part {
            output.append(hexDigit: byte >> 4, isUpper: isUpper)
            separate(&output, by: separator)
            output.append(hexDigit: byte & 15, isUpper: isUpper)
            separate(&output, by: separator)
        }
        if field.isLeft { output.append(UInt8(ascii: " "), times: fill) }
    }

    /// The payload as a number of four or eight bytes in this machine's order; of another length it is no such number.
    private mutating func append(float payload: UnsafeRawBufferPointer, _ field: OutputFormat.Field, byteCount: Int) {
        guard payload.count == byteCount else {
            let name = byteCount == 4 ? "float" : "double"
            return complain("requested \(name) printing, but non-\(name) data received")
        }
        let value =
            byteCount == 4 ? Double(payload.loadUnaligned(as: Float.self)) : payload.loadUnaligned(as: Double.self)
        let flag = field.isLeft ? "-" : field.pad == UInt8(ascii: "0") ? "0" : ""
        // The width printf is asked for has to fit what it may return.
        let (width, precision) = (Int32(min(field.width, 2_000)), Int32(min(field.precision ?? 6, 1_000)))
        output.append(OutputBuffer.formatted("%\(flag)*.*f", [width, precision, value]))
    }

    private mutating func append(number: Int64, _ field: OutputFormat.Field) {
        let before = output.count
        if field.pad == UInt8(ascii: "0"), !field.isLeft, field.width > 0 {
            // Within reason: no number has more than 19 digits, the rest is zeros before it.
            output.append(UInt8(ascii: "0"), times: field.width - 19)
            return output.append(decimal: number, digits: min(field.width, 19))
        }
        var digits = 1
        var rest = number / 10
        while rest > 0 {
            digits += 1
            rest /= 10
        }
        if !field.isLeft { output.append(UInt8(ascii: " "), times: field.width - digits) }
        output.append(decimal: number)
        if field.isLeft { output.append(UInt8(ascii: " "), times: field.width - (output.count - before)) }
    }

    private mutating func append(_ message: ReceivedMessage, _ number: OutputFormat.Number, _ field: OutputFormat.Field)
    {
        let identifier: PropertyIdentifier =
            switch number {
            case .topicAlias: .topicAlias
            case .messageExpiryInterval: .messageExpiryInterval
            case .payloadFormatIndicator: .payloadFormatIndicator
            case .subscriptionIdentifier: .subscriptionIdentifier
            }
        if let value = message.number(identifier) {
            append(number: Int64(value), field)
        } else {
            append(nothing: field)
        }
    }

    /// What is not there: as wide as it would be.
    private mutating func append(nothing field: OutputFormat.Field) {
        output.append(field.isLeft ? UInt8(ascii: " ") : field.pad, times: field.width)
    }

    /// `k1:v1 k2:v2`
    private mutating func appendUserProperties(_ message: ReceivedMessage) {
        var reader = PropertyReader(message.properties, of: .publishToClient)
        var isFirst = true
        while let (_, value) = try? reader.next() {
            guard case .pair(let name, let value) = value else { continue }
            if !isFirst { output.append(UInt8(ascii: " ")) }
            isFirst = false
            appendText(name, keepsLines: false)
            output.append(UInt8(ascii: ":"))
            appendText(value, keepsLines: false)
        }
    }
}

extension ReceivedMessage {
    /// The value of a property that is text or data; `nil` when it is not there.
    func bytes(_ wanted: PropertyIdentifier) -> UnsafeRawBufferPointer? {
        guard properties.count > 0 else { return nil }
        var reader = PropertyReader(properties, of: .publishToClient)
        while let (identifier, value) = try? reader.next() {
            if identifier == wanted, case .bytes(let bytes) = value { return bytes }
        }
        return nil
    }

    /// The first value of a property that is a number; `nil` when it is not there.
    func number(_ wanted: PropertyIdentifier) -> UInt32? {
        guard properties.count > 0 else { return nil }
        var reader = PropertyReader(properties, of: .publishToClient)
        while let (identifier, value) = try? reader.next() {
            if identifier == wanted, case .integer(let number) = value { return number }
        }
        return nil
    }
}
