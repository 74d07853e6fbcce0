import MQTT
import Screen

/// What stands over the panes and takes the keys.
enum Popup {
    /// The help.
    case help(HelpPopup)
    /// What is known of a client.
    case client(ClientPopup)
    /// A line to type at the bottom.
    case prompt(Prompt)
    /// A question to answer.
    case question(Question)
}

/// The help, made from the table of actions.
struct HelpPopup {
    private var scroll = 0

    /// The rows: headings and actions. An action that cannot be done now says why.
    static func rows(whyNot: [Action: String]) -> [(keys: String, text: String, isHeading: Bool)] {
        var rows: [(keys: String, text: String, isHeading: Bool)] = []
        for scope in Scope.allCases {
            rows.append((scope.title, "", true))
            for entry in ActionTable.entries where entry.scope == scope {
                let note = whyNot[entry.action].map { "  (not now: \($0))" } ?? ""
                rows.append((entry.keyNames, entry.title + note, false))
            }
        }
        return rows
    }

    /// Scrolls; `false` when the key closes the help.
    mutating func perform(_ action: Action?, height: Int, count: Int) -> Bool {
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

    /// Where the help stands on a screen of `size`.
    static func frame(_ size: Size) -> Rect {
        let columns = min(size.columns - 2, 92)
        let rows = size.rows - 2
        return Rect(row: 1, column: (size.columns - columns) / 2, rows: rows, columns: columns)
    }

    /// Draws the help.
    func draw(in frame: Rect, on surface: inout Surface, rows: [(keys: String, text: String, isHeading: Bool)]) {
        let content = surface.window(frame, title: "Keys", footer: "↑ ↓ PgUp PgDn scroll, any other key closes")
        let keyWidth = min(16, content.columns / 3)
        let top = min(scroll, max(0, rows.count - content.rows))
        for (offset, line) in rows[top...].enumerated() where offset < content.rows {
            let row = content.row + offset
            if line.isHeading {
                surface.put(line.keys, row: row, column: content.column, width: content.columns, role: .popupTitle)
                continue
            }
            surface.put(line.keys, row: row, column: content.column + 1, width: keyWidth, role: .hintKey)
            surface.put(
                line.text, row: row, column: content.column + 2 + keyWidth, width: content.columns - keyWidth - 2,
                role: .popup)
        }
    }
}

/// A line to type at the bottom of the screen.
struct Prompt {
    /// What the line is for.
    enum Purpose: Equatable {
        /// Filters as it is typed; leaving it puts the old filter back.
        case filter(before: String)
        /// A filter to subscribe to.
        case subscribe
        /// Finds an action by name.
        case command
    }

    /// What the line is for.
    let purpose: Purpose
    /// What was typed.
    var input: TextInput
    /// What is wrong with it.
    var problem: String?
    /// The chosen candidate of a command.
    var choice = 0

    /// The actions a typed command may mean: those whose name or title holds every word of it.
    var candidates: [ActionEntry] {
        let words = input.text.lowercased().split(separator: " ")
        let scopes: [Scope] = [.everywhere, .log, .tree, .detail, .clients, .brokerLog, .subscriptions]
        return ActionTable.entries.filter { entry in
            guard scopes.contains(entry.scope), entry.action != .commands, entry.action != .close else { return false }
            let text = (entry.action.rawValue + " " + entry.title).lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    /// Draws the line in the hint line's row, and the candidates above it.
    func draw(in line: Rect, on surface: inout Surface) {
        let label =
            switch purpose {
            case .filter: "/ "
            case .subscribe: "subscribe to: "
            case .command: ": "
            }
        surface.fill(line, role: .fieldFocused)
        let used =
            surface.put(label, row: line.row, column: line.column + 1, role: .fieldFocused, emphasis: [.bold]) + 1
        if let problem {
            surface.put(right: " \(problem) ", row: line.row, end: line.column + line.columns, role: .stateBad)
        }
        if purpose == .command { drawCandidates(above: line, on: &surface) }
        let width = max(4, line.columns - used - 1 - (problem.map { Surface.width(of: $0) + 3 } ?? 0))
        input.draw(
            in: Rect(row: line.row, column: line.column + used, rows: 1, columns: width), on: &surface, isFocused: true)
    }

    private func drawCandidates(above line: Rect, on surface: inout Surface) {
        let candidates = self.candidates
        let count = min(candidates.count, 10, max(0, line.row - 3))
        guard count > 0 else { return }
        let columns = min(line.columns - 2, 84)
        let frame = Rect(row: line.row - count - 2, column: 1, rows: count + 2, columns: columns)
        let content = surface.window(frame, title: "Commands", footer: "")
        let top = max(0, choice - count + 1)
        for (offset, entry) in candidates.dropFirst(top).prefix(count).enumerated() {
            let row = content.row + offset
            surface.put(entry.keyNames, row: row, column: content.column, width: 14, role: .hintKey)
            surface.put(entry.title, row: row, column: content.column + 15, width: content.columns - 15, role: .popup)
            if top + offset == choice {
                surface.paint(
                    Rect(row: row, column: content.column, rows: 1, columns: content.columns), role: .selection)
            }
        }
    }
}

/// A question that must be answered before something that cannot be undone.
struct Question {
    /// The lines of the question.
    let lines: [String]
    /// What yes does: publish this.
    let message: Message

    /// Draws the question in the middle.
    func draw(on surface: inout Surface, size: Size) {
        let width = lines.map { Surface.width(of: $0) }.max() ?? 0
        let columns = min(size.columns - 2, max(30, width + 4))
        let rows = lines.count + 4
        let frame = Rect(
            row: max(0, (size.rows - rows) / 2), column: (size.columns - columns) / 2, rows: min(rows, size.rows),
            columns: columns)
        let content = surface.window(frame, title: "Sure?", footer: "y yes   n no")
        for (offset, line) in lines.enumerated() where offset < content.rows {
            surface.put(
                line, row: content.row + offset, column: content.column, width: content.columns, role: .question)
        }
    }
}

extension Surface {
    /// Clears `frame`, draws a border with title and footer, and returns what is inside.
    mutating func window(_ frame: Rect, title: String, footer: String) -> Rect {
        fill(frame, role: .popup)
        guard frame.rows >= 2, frame.columns >= 4 else {
            return Rect(row: frame.row, column: frame.column, rows: 0, columns: 0)
        }
        let last = frame.row + frame.rows - 1
        let right = frame.column + frame.columns - 1
        let line = String(repeating: "─", count: frame.columns - 2)
        put("┌" + line + "┐", row: frame.row, column: frame.column, role: .popupBorder)
        put("└" + line + "┘", row: last, column: frame.column, role: .popupBorder)
        for row in frame.row + 1..<max(frame.row + 1, last) {
            put("│", row: row, column: frame.column, role: .popupBorder)
            put("│", row: row, column: right, role: .popupBorder)
        }
        put(" \(title) ", row: frame.row, column: frame.column + 2, width: frame.columns - 4, role: .popupTitle)
        if !footer.isEmpty {
            put(" \(footer) ", row: last, column: frame.column + 2, width: frame.columns - 4, role: .textDim)
        }
        return Rect(
            row: frame.row + 1, column: frame.column + 2, rows: max(0, frame.rows - 2), columns: frame.columns - 4)
    }
}
