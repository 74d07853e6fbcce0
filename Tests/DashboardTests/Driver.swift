import Broker
import MQTT
import Monitor
import Screen
import Testing

@testable import Dashboard

/// A dashboard driven as a user does: by keys, messages and time.
struct Driver: ~Copyable {
    var dashboard: Dashboard
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var size: Size
    var clock = Self.clock
    /// 2026-11-24 12:00:00 UTC at the first instant.
    static let clock = WallClock(offset: 1_795_521_600_000_000_000 - 1_000_000_000_000, zoneSeconds: 0)
    static let endpoint = Endpoint(host: "10.42.0.3", port: 1883)

    init(rows: Int = 24, columns: Int = 80, options: DashboardOptions? = nil) {
        size = Size(rows: rows, columns: columns)
        var options = options ?? DashboardOptions(endpoint: Self.endpoint, userName: "robots")
        if options.limits.historyBytes == Store.Limits().historyBytes { options.limits.historyBytes = 4 << 20 }
        dashboard = Dashboard(options: options)
        _ = dashboard.handle(.resized(size))
        _ = dashboard.handle(.tick(now, clock))
    }

    // MARK: Keys

    /// Types keys: characters as they are, others as `<Enter>`, `<Ctrl-S>`, `<Space>`, `<lt>` for `<`.
    @discardableResult
    mutating func type(_ text: String) -> [Effect] {
        var effects: [Effect] = []
        var rest = text[...]
        while let first = rest.first {
            rest.removeFirst()
            guard first == "<", let end = rest.firstIndex(of: ">") else {
                for scalar in first.unicodeScalars { effects += press(.character(scalar)) }
                continue
            }
            let name = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            guard let key = name == "lt" ? .character("<") : Key(name: name) else {
                Issue.record("no key is called \(name)")
                return effects
            }
            effects += press(key)
        }
        return effects
    }

    mutating func press(_ key: Key) -> [Effect] {
        let effects = dashboard.handle(.key(key))
        dashboard.prepare()
        return effects
    }

    // MARK: Connection

    mutating func connect(version: ProtocolVersion = .v5_0, properties: Properties = Properties()) {
        deliver(.status(.connecting(attempt: 1)))
        deliver(
            .status(
                .connected(
                    ConnectionInfo(
                        endpoint: Self.endpoint, address: "10.42.0.3:1883", version: version,
                        clientIdentifier: "mqscope-lab-a1b2c3", userName: "robots", keepAlive: 60, since: now,
                        properties: properties))))
        for filter in dashboard.options.watchesSystem ? [TopicFilter.system, .everything] : [.everything] {
            deliver(.subscription(filter, .requested))
            deliver(.subscription(filter, .granted(.atMostOnce)))
        }
    }

    mutating func deliver(_ delivery: Delivery) {
        #expect(dashboard.handle(.connection(delivery)).isEmpty)
        dashboard.prepare()
    }

    mutating func lose(_ cause: ConnectionFailure.Cause, retryInSeconds: Int64? = 4) {
        let failure = ConnectionFailure(endpoint: Self.endpoint, userName: "robots", cause: cause)
        deliver(
            .status(
                retryInSeconds.map { .waiting(failure, retryAt: now.advanced(milliseconds: $0 * 1_000)) }
                    ?? .failed(failure)))
    }

    mutating func receive(_ topic: String, _ payload: String, qos: QoS = .atMostOnce, isRetained: Bool = false) {
        receive(topic, Array(payload.utf8), qos: qos, isRetained: isRetained)
    }

    mutating func receive(_ topic: String, _ payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false) {
        var batch = Batch(arrival: now)
        batch.append(topic: topic, payload: payload, flags: PublishFlags(qos: qos, isRetained: isRetained))
        deliver(.messages(batch))
    }

    /// Lets time go on.
    mutating func wait(milliseconds: Int64) {
        now = now.advanced(milliseconds: milliseconds)
        #expect(dashboard.handle(.tick(now, clock)).isEmpty)
        dashboard.prepare()
    }

    mutating func resize(rows: Int, columns: Int) {
        size = Size(rows: rows, columns: columns)
        _ = dashboard.handle(.resized(size))
        dashboard.prepare()
    }

    // MARK: The screen

    /// What is drawn now.
    mutating func surface() -> Surface {
        var surface = Surface(size: size)
        dashboard.prepare()
        dashboard.draw(on: &surface)
        return surface
    }

    /// The screen's lines without what is blank at their ends.
    mutating func lines() -> [String] {
        let surface = surface()
        return (0..<size.rows).map { row in
            var line = surface.line(row)
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    mutating func screen() -> String { lines().joined(separator: "\n") }

    /// The first line that holds `text`.
    mutating func line(with text: String) -> String? { lines().first { $0.contains(text) } }

    /// The roles in which `text` stands on the screen, where it is first found.
    mutating func roles(of text: String) -> Set<Role> {
        let surface = surface()
        for row in 0..<size.rows {
            let line = surface.line(row)
            guard let range = line.range(of: text) else { continue }
            let column = Surface.width(of: String(line[..<range.lowerBound]))
            let width = Surface.width(of: text)
            return Set((column..<column + width).map { surface[row, $0].role })
        }
        return []
    }
}

extension String {
    /// Where `other` first stands.
    func range(of other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
