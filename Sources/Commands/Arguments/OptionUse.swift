import MQTT

/// An option as it was used: with its arguments, from which it makes values.
package struct OptionUse: Sendable {
    /// The option.
    package let option: CommandOption
    /// Its arguments, any bytes.
    package let arguments: [[UInt8]]

    /// The first argument as it is.
    var bytes: [UInt8] { arguments.first ?? [] }

    /// The first argument for people, whatever it holds.
    var shown: String { String(decoding: bytes, as: UTF8.self) }

    /// The first argument, which has to be text in UTF-8 without U+0000.
    func text() throws(UsageError) -> String { try text(bytes) }

    /// `bytes` as text.
    func text(_ bytes: [UInt8]) throws(UsageError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw UsageError("Error: Malformed UTF-8 in \(option.name) argument.", "It takes text in UTF-8.")
        }
        return text
    }

    /// The first argument as text that CONNECT can carry; brokers close without a word at control characters.
    func field() throws(UsageError) -> String {
        let text = try text()
        guard text.utf8.count <= 65_535, !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else {
            throw UsageError(
                "Error: Invalid \(option.name) argument.", "It takes no control characters and at most 65535 bytes.")
        }
        return text
    }

    /// The first argument as a whole decimal number, which has to be in `range`, else `complaint`.
    func number(_ range: ClosedRange<Int>, _ complaint: @autoclosure () -> UsageError) throws(UsageError) -> Int {
        guard let number = ArgumentNumber.decimal(bytes), range.contains(number) else { throw complaint() }
        return number
    }

    /// The first argument as a QoS, else `message` in mosquitto's words.
    func qos(_ message: @autoclosure () -> String) throws(UsageError) -> QoS {
        guard let number = ArgumentNumber.decimal(bytes), (0...2).contains(number),
            let qos = QoS(rawValue: UInt8(number))
        else { throw UsageError(message(), "QoS is 0, 1 or 2.") }
        return qos
    }

    /// The first argument as a topic that is called `kind`: `publish topic`.
    func topic(_ kind: String) throws(UsageError) -> TopicName { try topic(kind, text()) }

    /// `text` as a topic that is called `kind`.
    func topic(_ kind: String, _ text: String) throws(UsageError) -> TopicName {
        do {
            return try TopicName(text)
        } catch {
            throw UsageError(
                "Error: Invalid \(kind) '\(text.shortened)', does it contain '+' or '#'?", error.description.sentence)
        }
    }

    /// The first argument as a filter that is called `kind`: `subscription topic`.
    func filter(_ kind: String) throws(UsageError) -> TopicFilter { try filter(kind, text()) }

    /// `text` as a filter that is called `kind`.
    func filter(_ kind: String, _ text: String) throws(UsageError) -> TopicFilter {
        do {
            return try TopicFilter(text)
        } catch {
            throw UsageError(
                "Error: Invalid \(kind) '\(text.shortened)', are all '+' and '#' wildcards correct?",
                error.description.sentence)
        }
    }
}

extension String {
    /// The text as a sentence: `a topic has` becomes `A topic has….`
    var sentence: String { prefix(1).uppercased() + dropFirst() + "." }
    /// At most the first hundred characters.
    var shortened: String { count <= 100 ? self : prefix(100) + "…" }
}
