import CLinux
import Glibc
import MQTT
import MQTTClient
import Screen

/// What `mqscope clean` does on one connection, and what it says of it: lists on the standard output, all else on the
/// standard error.
final class RetainedWork {
    /// Most topics looked at together: each look ends with a wait.
    private static let topicsAtOnce = 10_000
    /// Most messages of QoS 1 and 2 asked for together: mosquitto 1 queues so many.
    private static let queueLimit = 100

    private let connection: RetainedConnection
    private let endpoint: Endpoint
    private let limit: Int
    private var version: ProtocolVersion?

    /// Work on the broker of `configuration` that keeps at most `limit` bytes of messages.
    init(_ configuration: ClientConfiguration, limit: Int) {
        connection = RetainedConnection(configuration)
        endpoint = configuration.endpoint
        self.limit = limit
    }

    /// Closes the connection with a DISCONNECT.
    func stop() { connection.stop() }

    // MARK: Removing

    /// Lists the retained messages of `filters`.
    func list(_ filters: [TopicFilter]) throws(RetainedFailure) -> [Message] {
        version = try connection.connect()
        // At QoS 0 the broker's limits of queues do not count.
        let found = try connection.collect(filters, qos: .atMostOnce, limit: limit)
        let isTerminal = isatty(STDOUT_FILENO) == 1
        for message in found {
            let size = String(message.payload.count)
            let margin = String(repeating: " ", count: max(0, 10 - size.count))
            let topic = message.topic.string
            print("\(margin)\(size)  \(isTerminal ? SafeText.of(topic) : topic)")
        }
        fflush(nil)
        let bytes = found.reduce(0) { $0 + $1.payload.count }
        say(
            found.isEmpty
                ? "No retained messages."
                : "\(Self.messages(found.count, "retained ")), \(bytes) byte\(bytes == 1 ? "" : "s").")
        return found
    }

    /// Asks whether `count` messages are to be removed; throws when they are not.
    func ask(_ count: Int) throws(RetainedFailure) {
        let question = "Remove \(count == 1 ? "it" : "them") from \(endpoint)? [y/N] "
        _ = try? File.write(Array(question.utf8), to: STDERR_FILENO)
        var answer: [UInt8] = []
        var byte: UInt8 = 0
        while byte != UInt8(ascii: "\n") {
            try RetainedConnection.wait(for: STDIN_FILENO, milliseconds: -1)
            guard read(STDIN_FILENO, &byte, 1) == 1 else { break }
            answer.append(byte)
        }
        let word = String(decoding: answer, as: UTF8.self).lowercased().prefix { !$0.isWhitespace }
        guard word == "y" || word == "yes" else { throw RetainedFailure(text: "Nothing is removed.") }
    }

    /// Removes what was `listed`, when all of it is safe in a file.
    func remove(_ listed: [Message], filters: [TopicFilter], undoFile: String?) throws(RetainedFailure) {
        // As they are now, and with their own QoS: few at once, as the broker queues no more for one client.
        let known = try retained(listed, qos: .exactlyOnce, atOnce: Self.queueLimit)
        let messages = listed.map { known[$0.topic] ?? $0 }
        let path = if let undoFile { undoFile } else { try UndoFile.usualPath() }
        do throws(File.Failure) {
            try UndoFile.write(messages, to: path)
        } catch {
            throw RetainedFailure(text: "Nothing is removed: the undo file \(path) cannot be written: \(error).")
        }
        say("They are kept in the undo file. To put them back: mqscope clean --restore \(Self.quoted(path))")
        if known.count < listed.count {
            say("Of \(Self.messages(listed.count - known.count)) the QoS cannot be read: it stands there as 0.")
        }
        let removals = listed.map { Message(topic: $0.topic, qos: .atLeastOnce, isRetained: true) }
        let refused = try connection.publish(removals)
        for (message, why) in refused { say("\(message.topic): \(why).") }
        // An old broker says nothing of what it does not allow.
        let there = try connection.collect(filters, qos: .atMostOnce, limit: limit)
        let wanted = Set(listed.map(\.topic))
        let left = there.filter { wanted.contains($0.topic) }
        let told = Set(refused.map(\.message.topic))
        for message in left where !told.contains(message.topic) {
            say("\(message.topic): it is there again, or the broker does not let us remove it.")
        }
        say("Removed \(Self.messages(listed.count - left.count)).")
        if there.count > left.count { say("\(Self.messages(there.count - left.count, "more ")) came meanwhile.") }
        guard left.isEmpty else { throw RetainedFailure(text: "\(Self.messages(left.count)) could not be removed.") }
    }

    // MARK: Putting back

    /// Publishes `messages` again, but for those whose topic has a newer one.
    func restore(_ messages: [Message]) throws(RetainedFailure) {
        version = try connection.connect()
        let present = try retained(messages)
        var failures = 0
        var missing: [Message] = []
        for message in messages {
            guard let other = present[message.topic] else {
                missing.append(message)
                continue
            }
            guard other.payload != message.payload else { continue }
            failures += 1
            say("\(message.topic): there is a newer message, which stays.")
        }
        let refused = try connection.publish(missing)
        for (message, why) in refused { say("\(message.topic): \(why).") }
        let told = Set(refused.map(\.message.topic))
        failures += refused.count
        // At QoS 0 nothing is answered, and an old broker says nothing of what it does not allow.
        let now = try retained(missing)
        for message in missing where !told.contains(message.topic) && now[message.topic]?.payload != message.payload {
            failures += 1
            say("\(message.topic): the broker does not keep it.")
        }
        let bare = missing.count { $0.properties != Properties() }
        if version != .v5_0, bare > 0 {
            say("Of \(Self.messages(bare)) the properties are lost: they need MQTT 5.0, which is not spoken here.")
        }
        let count = messages.count - failures
        say("\(Self.messages(count)) of \(messages.count) \(count == 1 ? "is" : "are") there.")
        guard failures == 0 else { throw RetainedFailure(text: "\(Self.messages(failures)) could not be put back.") }
    }

    /// What the broker keeps for the topics of `messages`.
    private func retained(
        _ messages: [Message], qos: QoS = .atMostOnce, atOnce: Int = topicsAtOnce
    ) throws(RetainedFailure) -> [TopicName: Message] {
        var found: [TopicName: Message] = [:]
        // A topic that is no filter cannot be looked at; what becomes of it is seen when it is published.
        let filters = messages.compactMap { try? TopicFilter($0.topic.string) }.filter { !$0.isShared }
        for start in stride(from: 0, to: filters.count, by: atOnce) {
            let some = Array(Set(filters[start..<min(start + atOnce, filters.count)]))
            for message in try connection.collect(some, qos: qos, limit: limit) {
                found[message.topic] = message
            }
        }
        return found
    }

    // MARK: Words

    private func say(_ text: String) { Launch.fail(SafeText.of(text)) }

    /// A path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            byte < 128 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || "/._-+:".utf8.contains(byte)
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func messages(_ count: Int, _ kind: String = "") -> String {
        "\(count) \(kind)message\(count == 1 ? "" : "s")"
    }
}
