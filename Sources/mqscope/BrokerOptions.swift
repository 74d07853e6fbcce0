import ArgumentParser
import Broker
import MQTT
import MQTTClient

/// Options that say which broker, as whom, and what to subscribe to: those of mosquitto_sub where it has them.
struct BrokerOptions: ParsableArguments {
    /// The broker as a URL.
    @Argument(
        help: ArgumentHelp(
            "mqtt://[user[:password]@]host[:port] in place of -h -p -u -P; also mqtts://, ws://…/path, wss://, unix:///path.",
            valueName: "url"))
    var urls: [String] = []

    /// Where the broker is, and as whom we connect.
    @OptionGroup var access: AccessOptions

    /// What to subscribe to instead of everything.
    @Option(
        name: [.customShort("t", allowingJoined: true), .customLong("topic")], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Subscribe to this instead of #; may be given several times.", valueName: "filter"))
    var filters: [String] = []

    /// Whether `$SYS` is left out.
    @Flag(name: .customLong("no-sys"), help: "Do not subscribe to $SYS/#: no broker log, no check for losses.")
    var isWithoutSystem = false

    /// QoS of the subscriptions.
    @Option(
        name: [.customShort("q", allowingJoined: true), .customLong("qos")], parsing: .unconditional,
        help: "QoS of the subscriptions: 0, 1 or 2.")
    var qos: Int = 0

    /// Whether anything says which broker, or as whom.
    var isNamed: Bool { !urls.isEmpty || !filters.isEmpty || access.isNamed }

    /// Everything that is needed to connect, checked.
    func plan(_ transport: TransportOptions) throws -> ConnectionPlan {
        var notices: [String] = []
        var configuration = try access.configuration(urls, transport, notices: &notices)
        guard (0...2).contains(qos), let qos = QoS(rawValue: UInt8(qos)) else {
            throw ValidationError("QoS \(self.qos) does not exist: it is 0, 1 or 2.")
        }
        let filters = try filters(notices: &notices)
        configuration.subscriptions = filters.flatMap { filter in
            (filter == .system ? SystemFilters.all(over: configuration.endpoint.transport) : [filter]).map {
                Subscription.watching($0, qos: qos)
            }
        }
        return ConnectionPlan(
            configuration: configuration, qos: qos, watchesSystem: filters.contains(.system), notices: notices)
    }

    /// `$SYS/#` first, so that what the broker says of itself comes before a flood of retained messages.
    private func filters(notices: inout [String]) throws -> [TopicFilter] {
        var wanted: [TopicFilter] = isWithoutSystem ? [] : [.system]
        for text in filters.isEmpty ? ["#"] : filters {
            do {
                wanted.append(try TopicFilter(text))
            } catch {
                throw ValidationError("'\(text)' is no topic filter: \(error).")
            }
        }
        var kept: [TopicFilter] = []
        for (index, filter) in wanted.enumerated() {
            let covering = wanted.enumerated().first { other in
                other.offset != index && other.element.covers(filter)
                    && (!filter.covers(other.element) || other.offset < index)
            }
            if let covering {
                notices.append("\(filter) is left out: \(covering.element) covers it.")
            } else {
                kept.append(filter)
            }
        }
        return kept
    }
}

/// A checked plan of how to connect.
struct ConnectionPlan {
    /// What the client is given.
    var configuration: ClientConfiguration
    /// QoS of subscriptions added later.
    var qos: QoS
    /// Whether `$SYS/#` is subscribed to.
    var watchesSystem: Bool
    /// Things the user should know.
    var notices: [String]
}
