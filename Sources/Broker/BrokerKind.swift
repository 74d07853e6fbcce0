/// What broker it is, told by what it publishes first.
package enum BrokerKind: Sendable, Hashable {
    /// Nothing telling came yet.
    case unknown
    /// Eclipse mosquitto.
    case mosquitto
    /// EMQX, or one that publishes what it does.
    case emqx
    /// VerneMQ.
    case verneMQ
    /// NanoMQ.
    case nanoMQ
    /// aMQTT.
    case aMQTT
    /// HiveMQ with its extension for `$SYS`.
    case hiveMQ

    /// Its name; `nil` when it is not known.
    package var name: String? {
        switch self {
        case .unknown: nil
        case .mosquitto: "mosquitto"
        case .emqx: "EMQX family"
        case .verneMQ: "VerneMQ"
        case .nanoMQ: "NanoMQ"
        case .aMQTT: "aMQTT"
        case .hiveMQ: "HiveMQ"
        }
    }

    /// Whether it is known what its topics mean.
    package var isMapped: Bool { self == .mosquitto || self == .emqx }

    /// What a message tells of the broker; `.unknown` when nothing.
    init(topic: ArraySlice<UInt8>, payload: ArraySlice<UInt8>) {
        self = .unknown
        let topic = Piece(topic)
        if topic.isEqual(to: "$SYS/broker/version") {
            if payload.starts(with: "mosquitto".utf8) { self = .mosquitto }
            if payload.starts(with: "HiveMQ".utf8) { self = .hiveMQ }
        } else if topic.isEqual(to: "$SYS/broker/cpu/percent") {
            self = .aMQTT
        } else if topic.isEqual(to: "$SYS/brokers/connected") || topic.isEqual(to: "$SYS/brokers/disconnected")
            || topic.starts(with: "$SYS/brokers/client_status/")
        {
            self = .nanoMQ
        } else if let node = topic.dropping(first: "$SYS/brokers/")?.split(first: "/") {
            let rest = node.after
            if rest.isEqual(to: "version") || rest.starts(with: "stats/") || rest.starts(with: "metrics/") {
                self = .emqx
            }
        } else if let node = topic.dropping(first: "$SYS/")?.split(first: "/"), !node.before.isEqual(to: "broker") {
            if node.after.starts(with: "mqtt/") { self = .verneMQ }
        }
    }
}
