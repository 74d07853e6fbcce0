import Glibc
import MQTT
import Screen

/// Retained messages in a file, one JSON object a line, so that they can be put back.
enum UndoFile {
    /// Writes `messages` to a new file that only we can read, and returns when the disk has it. Where that fails there is no
    /// file.
    static func write(_ messages: [Message], to path: String) throws(File.Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw File.Failure(errno: errno) }
        defer { close(descriptor) }
        do throws(File.Failure) {
            for message in messages {
                try File.write(Array((line(message) + "\n").utf8), to: descriptor)
            }
            guard fsync(descriptor) == 0 else { throw File.Failure(errno: errno) }
        } catch {
            unlink(path)  // part of it would pass for all
            throw error
        }
        // The name has to be there, too, when the power fails.
        let folder = open(path.lastIndex(of: "/").map { path[...$0] + "." } ?? ".", O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// The messages in a file, or an error that names the line.
    static func read(_ path: String) throws(RetainedFailure) -> [Message] {
        let bytes: [UInt8]
        do {
            bytes = try File.read(path, limit: 4 << 30)
        } catch {
            throw RetainedFailure(text: "The file \(path) cannot be read: \(error).")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var messages: [Message] = []
        for (index, line) in lines.enumerated() where !line.isEmpty {
            guard let text = String(validating: line, as: UTF8.self), let message = message(text) else {
                throw RetainedFailure(
                    text: "Line \(index + 1) of \(path) is no message that mqscope clean has written.")
            }
            messages.append(message)
        }
        return messages
    }

    /// A path for what is removed now, in the folder for state, which is made.
    static func usualPath() throws(RetainedFailure) -> String {
        func absolute(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        guard let state = absolute("XDG_STATE_HOME") ?? absolute("HOME").map({ $0 + "/.local/state" }) else {
            throw RetainedFailure(
                text: "Nothing is removed: there is no folder for the undo file. Set HOME, or give --undo FILE.")
        }
        let folder = state + "/mqscope"
        do throws(File.Failure) {
            try File.makeFolder(folder)
        } catch {
            throw RetainedFailure(
                text: "Nothing is removed: the folder \(folder) for the undo file cannot be made: \(error).")
        }
        let stem = "\(folder)/clean-\(File.stamp())"
        return (1...99).lazy.map { $0 == 1 ? "\(stem).jsonl" : "\(stem)-\($0).jsonl" }.first { access($0, F_OK) != 0 }
            ?? "\(stem).jsonl"
    }

    /// One message as one line.
    static func line(_ message: Message) -> String {
        let properties = message.properties
        var members: [JSONText.Member] = []
        func add(_ name: String, _ value: JSONText?) {
            if let value { members.append(JSONText.Member(name: name, value: value)) }
        }
        add("payload-format-indicator", properties.payloadFormatIndicator.map { .integer(Int($0)) })
        add("message-expiry-interval", properties.messageExpiryInterval.map { .integer(Int($0)) })
        add("content-type", properties.contentType.map { .string($0) })
        add("response-topic", properties.responseTopic.map { .string($0) })
        add("correlation-data", properties.correlationData.map { .string(Base64.encoded($0)) })
        if !properties.userProperties.isEmpty {
            add(
                "user-properties",
                .array(properties.userProperties.map { .array([.string($0.name), .string($0.value)]) }))
        }
        var text: [JSONText.Member] = [
            .init(name: "topic", value: .string(message.topic.string)),
            .init(name: "qos", value: .integer(Int(message.qos.rawValue))),
            .init(name: "payload", value: .string(Base64.encoded(message.payload))),
        ]
        if !members.isEmpty { text.append(.init(name: "properties", value: .object(members))) }
        return JSONText.object(text).text
    }

    /// The message that `line` writes; `nil` where it writes none.
    static func message(_ line: String) -> Message? {
        guard let object = JSONText(parsing: line), let topic = object["topic"]?.string.flatMap({ try? TopicName($0) }),
            let qos = object["qos"]?.integer.flatMap({ UInt8(exactly: $0) }).flatMap({ QoS(rawValue: $0) }),
            let payload = object["payload"]?.string.flatMap({ Base64.decoded($0) })
        else { return nil }
        var properties = Properties()
        if let members = object["properties"] {
            guard let read = Self.properties(members) else { return nil }
            properties = read
        }
        return Message(topic: topic, payload: payload, qos: qos, isRetained: true, properties: properties)
    }

    private static func properties(_ object: JSONText) -> Properties? {
        guard case .object(let members) = object else { return nil }
        var properties = Properties()
        for member in members {
            let value = member.value
            switch member.name {
            case "payload-format-indicator":
                properties.payloadFormatIndicator = value.integer.flatMap { UInt8(exactly: $0) }
                guard properties.payloadFormatIndicator != nil else { return nil }
            case "message-expiry-interval":
                properties.messageExpiryInterval = value.integer.flatMap { UInt32(exactly: $0) }
                guard properties.messageExpiryInterval != nil else { return nil }
            case "content-type":
                properties.contentType = value.string
                guard properties.contentType != nil else { return nil }
            case "response-topic":
                properties.responseTopic = value.string
                guard properties.responseTopic != nil else { return nil }
            case "correlation-data":
                properties.correlationData = value.string.flatMap { Base64.decoded($0) }
                guard properties.correlationData != nil else { return nil }
            case "user-properties":
                guard let pairs = userProperties(value) else { return nil }
                properties.userProperties = pairs
            default: return nil
            }
        }
        return properties
    }

    private static func userProperties(_ value: JSONText) -> [UserProperty]? {
        guard case .array(let pairs) = value else { return nil }
        let read: [UserProperty] = pairs.compactMap { pair in
            guard case .array(let words) = pair, words.count == 2, let name = words[0].string,
                let value = words[1].string
            else { return nil }
            return UserProperty(name, value)
        }
        return read.count == pairs.count ? read : nil
    }
}
