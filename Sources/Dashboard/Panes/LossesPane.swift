import Broker
import MQTT
import Monitor
import Screen

/// Everything lost, cut, dropped, excluded or late, in one place.
struct LossesPane {
    private var scroll = 0

    /// One line: what, and whether it is a loss of messages.
    struct Line {
        /// What happened.
        var text: String
        /// How it looks.
        var role: Role
    }

    /// Does `action`; `false` when it means nothing here.
    mutating func perform(_ action: Action, count: Int, height: Int) -> Bool {
        switch action {
        case .up: scroll -= 1
        case .down: scroll += 1
        case .pageUp: scroll -= max(1, height - 1)
        case .pageDown: scroll += max(1, height - 1)
        case .first: scroll = 0
        case .last: scroll = count
        default: return false
        }
        scroll = min(max(0, scroll), max(0, count - height))
        return true
    }

    /// `lines` broken to fit `columns`.
    static func rows(_ lines: [Line], columns: Int) -> [Line] {
        lines.flatMap { line in
            Surface.wrapped(line.text, width: columns - 2).map { Line(text: $0, role: line.role) }
        }
    }

    /// Draws the losses.
    func draw(in rect: Rect, on surface: inout Surface, isFocused: Bool, lines: [Line]) {
        let content = rect.content
        let lines = Self.rows(lines, columns: content.columns)
        let top = min(scroll, max(0, lines.count - content.rows))
        let below = lines.count - top - content.rows
        surface.title(
            "Losses", notes: below > 0 ? [Format.plural(below, "more row")] : [], in: rect, isFocused: isFocused)
        for (offset, line) in lines[top...].enumerated() where offset < content.rows {
            surface.put(
                line.text, row: content.row + offset, column: content.column + 1, width: content.columns - 2,
                role: line.role)
        }
    }
}

extension Dashboard {
    /// The verdict of the status line.
    var verdict: Accounting.Verdict {
        accounting.verdict(
            at: now, excludedCount: store.excludedCount, expectsStatistics: watchesSystem,
            isStalled: slots.isStalled(at: now))
    }

    /// Whether what the broker says of itself is subscribed to: all of `$SYS/#`, or its parts by name.
    var watchesSystem: Bool {
        let standing = subscriptions.standing
        return standing.isEmpty ? options.watchesSystem : standing.contains { $0.covers(.brokerDrops) }
    }

    /// The rows of the losses pane.
    var lossRows: [LossesPane.Line] {
        LossesPane.rows(lossLines, columns: layout.rect(of: .losses)?.columns ?? size.columns)
    }

    /// Every loss there was, a line each; first the verdict.
    var lossLines: [LossesPane.Line] {
        var lines = [verdictLine]
        func add(_ text: String, _ role: Role = .lossSome) { lines.append(LossesPane.Line(text: text, role: role)) }
        if accounting.droppedForUs > 0, let at = accounting.droppedForUsAt {
            add(
                "The broker dropped messages for us: its log said so \(Format.plural(accounting.droppedForUs, "time")), last at \(clock.seconds(at))."
            )
        }
        let dropped = accounting.brokerDropped
        if dropped.atMost > 0, let at = accounting.brokerDroppedAt {
            let most = Format.plural(dropped.atMost, "message")
            let number = dropped.atLeast == dropped.atMost ? most : "up to \(most), some perhaps before we connected"
            add("The broker dropped messages, for us or other clients: \(number) ($SYS count, \(clock.seconds(at))).")
        } else if let at = accounting.dropsRoseAt {
            add(
                "The broker dropped messages, for us or other clients; its count did not reach us ($SYS average, \(clock.seconds(at)))."
            )
        }
        if accounting.gapCount > accounting.gaps.count {
            add("\(Format.plural(accounting.gapCount - accounting.gaps.count, "older gap")) without a connection.")
        }
        for gap in accounting.gaps.reversed() {
            let cause = gap.failure.map { " " + Advice($0, retryInSeconds: nil).what } ?? ""
            add(
                "Not connected from \(clock.seconds(gap.start)) \(length(of: gap)): messages in between are not seen.\(cause)"
            )
        }
        for gap in accounting.logGaps.reversed() {
            let remedy = gap.end == nil ? " (a in the broker log takes it again)" : ""
            add(
                "The broker's log is not seen from \(clock.seconds(gap.start)) \(length(of: gap)): it came faster than \(LogRateGuard.limit) lines a second\(remedy)."
            )
        }
        for filter in accounting.refused.sorted(by: { $0.string < $1.string }) {
            if let advice = refusalAdvice(filter) { add("\(advice.what) \(advice.todo)") }
        }
        if store.excludedCount > 0 {
            add("\(Format.plural(store.excludedCount, "message")) of topics beyond the topic limit: not in the tree.")
        }
        if accounting.restCount > 0 {
            add(
                "Reading rested \(Format.plural(accounting.restCount, "time")) because we were behind; nothing is dropped by that here.",
                .textDim)
        }
        if store.evictedCount > 0 {
            add(
                "\(Format.plural(store.evictedCount, "message")) left the history (limit \(Format.bytes(options.limits.historyBytes))); all counts include them.",
                .textDim)
        }
        if store.cutCount > 0 {
            add(
                "\(Format.plural(store.cutCount, "payload")) cut in the history at \(Format.bytes(options.limits.payloadBytes)).",
                .textDim)
        }
        return lines
    }

    /// How long a gap was; what happens within one turn of the loop cannot be told apart.
    private func length(of gap: Accounting.Gap) -> String {
        guard let end = gap.end else { return "on" }
        let nanoseconds = end.since(gap.start)
        guard nanoseconds >= 20_000_000 else { return "for less than 20 ms" }
        return "for " + Format.duration(seconds: Double(nanoseconds) / 1e9)
    }

    /// Why the broker refused the subscription to `filter` and what to do; `nil` when it did not.
    func refusalAdvice(_ filter: TopicFilter) -> Advice? {
        let entry = subscriptions.entries.first { $0.filter == filter }
        guard case .refused(let code, let reason) = entry?.state else { return nil }
        return Advice(refusedSubscription: filter, code, reasonString: reason)
    }

    /// Why the broker refused what it says of itself, or a part of it, and what to do; `nil` when it did not.
    var systemRefusal: Advice? {
        let refused = accounting.refused.filter { $0.string.hasPrefix("$SYS/") }
        guard let first = refused.min(by: { $0.string < $1.string }) else { return nil }
        return refusalAdvice(first)
    }

    private var verdictLine: LossesPane.Line {
        switch verdict {
        case .notConnected: LossesPane.Line(text: "Not connected.", role: .textDim)
        case .checking:
            LossesPane.Line(text: "Waiting for the broker's own count of dropped messages ($SYS).", role: .textDim)
        case .complete:
            LossesPane.Line(
                text: "Nothing lost: the broker's count of dropped messages stood still since we connected.",
                role: .lossNone)
        case .noLossKnown:
            LossesPane.Line(
                text: "No loss is known, but this broker's count of dropped messages cannot be seen.", role: .textDim)
        case .lost: LossesPane.Line(text: "Not everything was seen:", role: .lossSome)
        }
    }
}
