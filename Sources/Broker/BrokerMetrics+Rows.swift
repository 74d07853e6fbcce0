internal import MQTT

extension BrokerMetrics {
    /// A line of the table.
    package struct Row: Sendable, Hashable {
        /// Which statistic.
        package var metric: Metric
        /// What it is called: short and plain.
        package var name: String
        /// The value with its unit; `–` when it is not known.
        package var value: String
        /// What there is to know about the value; `nil` when nothing.
        package var remark: String?
        /// At most the last 60 numbers for a sparkline, the oldest first, one an interval, in units of `value`.
        package var series: [Double]
        /// Whether the value may no longer be true.
        package var isOld: Bool
    }

    /// The table in its order, of all that the broker can say; empty when it is not known what its topics mean.
    package var rows: [Row] {
        guard kind.isMapped else { return [] }
        let known = MetricMappings.metrics(of: kind)
        let isStalled = state == .stalled
        return Metric.allCases.filter(known.contains).map { metric in
            Row(
                metric: metric, name: metric.description.name, value: value(metric) ?? "–",
                remark: remark(metric), series: series(metric).values,
                isOld: self[metric] != nil && (isStalled || isOfUnknownAge(metric)))
        }
    }

    /// What there is to say of the statistics as a whole: that there are none and why, or whose they are.
    package var words: String {
        switch state {
        case .waiting: return "Waiting for the broker's statistics."
        case .refused: return "This broker refuses $SYS."
        case .silent: return "This broker publishes no statistics."
        case .stalled:
            let rhythm = interval.map { ", they came every \(Self.duration(Double($0) / 1e9))" } ?? ""
            let silence = Self.duration(Double(silence ?? 0) / 1e9)
            return "The statistics have stalled: nothing for \(silence)\(rhythm)."
        case .speaking:
            guard kind.isMapped else {
                return "No mapping is known for \(kind.name ?? "this broker"): its topics as they are."
            }
            let name = [kind.name, version, node.map { "node \($0)" }].compactMap(\.self).joined(separator: " ")
            return name + (interval.map { ", every \(Self.duration(Double($0) / 1e9))" } ?? "")
        }
    }

    /// What to do when there are no statistics; `nil` when they come, or it is too early to say.
    package var todo: String? {
        switch state {
        case .silent:
            "In mosquitto.conf sys_interval must not be 0; an acl_file must hold `topic read $SYS/#` for our user."
        case .stalled: "The broker hangs or is overloaded, or sys_interval was set to 0 meanwhile."
        case .waiting, .refused, .speaking: nil
        }
    }

    /// That counters began again; `nil` when they did not.
    package var resetWords: String? {
        guard resetCount > 0 else { return nil }
        return
            "The broker's counters began again \(resetCount == 1 ? "once" : "\(resetCount) times"): it was restarted."
    }

    // MARK: Remarks

    private var versionNumbers: [Int] { mosquittoVersion?.split(separator: ".").compactMap { Int($0) } ?? [] }

    /// Whether it was kept by the broker from before we came, and nothing shows that it is still so: mosquitto publishes
    /// what changes, so what did not come in a whole interval did not change.
    private func isOfUnknownAge(_ metric: Metric) -> Bool {
        guard metric != .version, self[metric]?.isStored == true else { return false }
        return kind != .mosquitto || tickCount < 2
    }

    private func remark(_ metric: Metric) -> String? {
        var remarks: [String] = []
        if kind == .emqx { remarks.append("from documentation") }
        if self[metric] == nil {
            missing(metric).map { remarks.append($0) }
        } else {
            if isOfUnknownAge(metric) { remarks.append("kept, age unknown") }
            if shown(metric) == nil, metric.isCounter {
                remarks.append(series(metric).hasBegunAgain ? "began again" : "rate not known yet")
            }
            if kind == .mosquitto { known(metric).map { remarks.append($0) } }
        }
        return remarks.isEmpty ? nil : remarks.joined(separator: "; ")
    }

    /// Why there is no value.
    private func missing(_ metric: Metric) -> String? {
        guard kind == .mosquitto, !versionNumbers.isEmpty else { return nil }
        if MetricMappings.isMissing(metric, in: versionNumbers) { return "not in this version" }
        guard tickCount > 0 else { return nil }
        return versionNumbers.starts(with: [2, 0]) ? "expired: comes when it changes" : "comes when it changes"
    }

    /// What mosquitto's value is not, though its name says so.
    private func known(_ metric: Metric) -> String? {
        switch metric {
        case .messagesReceived:
            versionNumbers.lexicographicallyPrecedes([2, 1])
                ? "low before 2.1: no QoS 2 or RETAIN" : nil
        case .retainedCount, .storedCount, .storedBytes: "with those of $SYS"
        default:
            switch metric.description.form {
            case .perMinute, .bytesPerMinute: "published per minute"
            case .text, .seconds, .count, .bytes, .counter, .byteCounter: nil
            }
        }
    }

    // MARK: Numbers

    private func value(_ metric: Metric) -> String? {
        let form = metric.description.form
        guard let number = shown(metric) else {
            // Of a counter the text is no value, the rate is.
            guard !metric.isCounter, let text = self[metric]?.text else { return nil }
            return metric == .version ? version : text
        }
        return switch form {
        case .text, .count: Self.whole(number)
        case .seconds: Self.duration(number)
        case .bytes: Self.bytes(number)
        case .counter, .perMinute: Self.decimal(number) + "/s"
        case .byteCounter, .bytesPerMinute: Self.bytes(number) + "/s"
        }
    }

    private static func whole(_ number: Double) -> String { Int64(exactly: number.rounded()).map(String.init) ?? "–" }

    /// With one decimal below 1000; what is not 0 does not look like it.
    private static func decimal(_ number: Double) -> String {
        guard number < 999.95 else { return whole(number) }
        guard number == 0 || number >= 0.05 else { return "<0.1" }
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func bytes(_ number: Double) -> String {
        var (number, units) = (number, ["KiB", "MiB", "GiB", "TiB"][...])
        guard number >= 1_024 else { return (number == number.rounded() ? whole(number) : decimal(number)) + " B" }
        number /= 1_024
        while number >= 1_023.95, units.count > 1 {
            number /= 1_024
            units = units.dropFirst()
        }
        return "\(decimal(number)) \(units.first ?? "TiB")"
    }

    /// The two largest units: `3 d 4 h`, `2 h 3 min`, `1 min 9 s`, `9 s`.
    private static func duration(_ seconds: Double) -> String {
        guard let seconds = Int64(exactly: seconds.rounded()) else { return "–" }
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        if days > 0 { return "\(days) d \(hours % 24) h" }
        if hours > 0 { return "\(hours) h \(minutes % 60) min" }
        if minutes > 0 { return "\(minutes) min \(seconds % 60) s" }
        return "\(seconds) s"
    }
}
