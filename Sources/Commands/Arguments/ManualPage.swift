/// The manual page of a command, in the macros of man(7): what `--manual` prints.
package struct ManualPage {
    /// All of it.
    package private(set) var text = ""

    /// The manual page of `command` of the program `version`: `mqscope 0.1.0`.
    package init(_ command: Command, version: String) {
        let name = "mqscope-\(command.rawValue)"
        line(".TH \(name.uppercased()) 1 \"\" \"\(Self.escaped(version))\" \"mqscope\"")
        section("NAME")
        paragraph("\(name) - \(command.abstract.prefix(1).lowercased())\(command.abstract.dropFirst().dropLast())")
        section("SYNOPSIS")
        for usage in command.usage { pair(nil, usage) }
        section("DESCRIPTION")
        for text in ManualTexts.description(of: command) { paragraph(text) }
        addOptions(of: command)
        section("PROPERTIES")
        paragraph("-D adds a property of MQTT 5.0 to a packet. Names are not case-sensitive; each can stand once.")
        for property in PropertyName.allCases {
            pair("\(property.rawValue) \(property.value)", "In \(property.packets.joined(separator: ", ")).")
        }
        if command != .pub { addFormat() }
        section("OPTIONS FILES")
        for text in ManualTexts.files(of: command) { paragraph(text) }
        section("ENVIRONMENT")
        for (name, meaning) in ManualTexts.environment { pair(name, meaning) }
        section("EXIT STATUS")
        for row in ExitStatus.list(of: command) { pair(row.codes, row.meaning) }
        section("DIFFERENCES")
        paragraph("What is not as in \(command.original) 2.1, and why:")
        for difference in ManualTexts.differences where difference.commands.contains(command) {
            pair(nil, difference.text)
        }
        section("EXAMPLES")
        for (words, meaning) in ManualTexts.examples(of: command) { pair(words, meaning) }
        section("SEE ALSO")
        let others = Command.allCases.filter { $0 != command }.map { "mqscope-\($0.rawValue)(1)" }
        paragraph((others + ["\(command.original)(1)", "mqtt(7)"]).joined(separator: ", "))
    }

    private mutating func addOptions(of command: Command) {
        section("OPTIONS")
        for text in ManualTexts.words { paragraph(text) }
        let options = OptionTable.options(of: command)
        for group in CommandOption.Group.allCases {
            let members = options.filter { $0.group == group }
            guard !members.isEmpty else { continue }
            line(".SS \(Self.escaped(group.rawValue))")
            for option in members {
                pair(option.usage, option.help + (option.details.isEmpty ? "" : " " + option.details))
            }
        }
    }

    private mutating func addFormat() {
        section("FORMAT")
        for text in ManualTexts.formatRules { paragraph(text) }
        for (escape, meaning) in ManualTexts.formatEscapes { pair(escape, meaning) }
    }

    // MARK: roff

    private mutating func line(_ line: String) { text += line + "\n" }

    private mutating func section(_ title: String) { line(".SH \(title)") }

    private mutating func paragraph(_ text: String) {
        line(".PP")
        line(Self.escaped(text))
    }

    /// What something is and means; without a name a paragraph with a bullet.
    private mutating func pair(_ name: String?, _ meaning: String) {
        if let name {
            line(".TP")
            line("\\fB\(Self.escaped(name))\\fR")
        } else {
            line(".IP \\(bu 2")
        }
        line(Self.escaped(meaning))
    }

    /// `text` as roff prints it: nothing in it is a request, a hyphen or an escape.
    static func escaped(_ text: String) -> String {
        var result = ""
        if let first = text.first, first == "." || first == "'" { result = "\\&" }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\(rs"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            case _ where !scalar.isASCII:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
