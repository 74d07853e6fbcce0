import Testing

@testable import Screen

/// Themes as they are written, and as terminals with fewer colours show them.
@Suite struct ThemeTests {
    private static let complete = Role.allCases.map { (role: $0.name, style: "default") }

    /// A theme in which `role` has this style and everything else is plain.
    private func theme(_ role: Role, _ style: String) throws -> Theme {
        try Theme(
            name: "test", styles: ThemeTests.complete.map { $0.role == role.name ? (role: $0.role, style: style) : $0 })
    }

    @Test("Role names are dotted, different, and found again")
    func roleNames() {
        #expect(Set(Role.allCases.map(\.name)).count == Role.allCases.count)
        for role in Role.allCases { #expect(Role(name: role.name) == role) }
        #expect(Role(name: "topic.value.changed") == .topicValueChanged)
        #expect(Role(name: "nothing") == nil)
    }

    @Test(
        "Styles are read in any order of words",
        arguments: [
            ("", Style()), ("default", Style()), ("bold", Style(emphasis: .bold)),
            ("bold dim italic underline reverse", Style(emphasis: [.bold, .dim, .italic, .underline, .reverse])),
            ("red", Style(foreground: .named(1))),
            ("bright-white on blue", Style(foreground: .named(15), background: .named(4))),
            ("on 24 bold 231", Style(foreground: .indexed(231), background: .indexed(24), emphasis: .bold)),
            ("#ff8000 on #000001", Style(foreground: .rgb(255, 128, 0), background: .rgb(0, 0, 1))),
            ("on default", Style()), ("  255  ", Style(foreground: .indexed(255))),
        ])
    func styles(text: String, style: Style) throws {
        #expect(try theme(.match, text)[.match] == style)
    }

    @Test(
        "A wrong word is named with its role",
        arguments: [
            ("bolt", "bolt"), ("256", "256"), ("-1", "-1"), ("#12345", "#12345"), ("#12345g", "#12345g"), ("on", "on"),
            ("red blue", "blue"), ("on red on blue", "blue"), ("bold bold", "bold"), ("on bold", "bold"),
            ("bright-", "bright-"),
            ("bright-default", "bright-default"), ("Red", "Red"),
        ])
    func wrongWords(text: String, word: String) {
        #expect(throws: ThemeError.unknownWord(word, role: "match")) { try theme(.match, text) }
    }

    @Test("Missing, unknown and repeated roles are named")
    func wrongRoles() {
        #expect(throws: ThemeError.missingRole("match")) {
            try Theme(name: "x", styles: ThemeTests.complete.filter { $0.role != "match" })
        }
        #expect(throws: ThemeError.unknownRole("mach")) {
            try Theme(name: "x", styles: ThemeTests.complete + [("mach", "bold")])
        }
        #expect(throws: ThemeError.repeatedRole("match")) {
            try Theme(name: "x", styles: ThemeTests.complete + [("match", "bold")])
        }
        #expect(ThemeError.missingRole("match").description.contains("match"))
    }

    @Test(
        "A colour becomes the nearest one there is",
        arguments: [
            (Color.rgb(255, 0, 0), ColorDepth.colors256, Color.indexed(196)),
            (.rgb(0x5f, 0xaf, 0xd7), .colors256, .indexed(74)),
            (.rgb(8, 8, 8), .colors256, .indexed(232)), (.rgb(255, 255, 255), .colors256, .indexed(231)),
            (.rgb(250, 10, 10), .colors16, .named(9)), (.rgb(200, 10, 10), .colors16, .named(1)),
            (.indexed(196), .colors16, .named(9)), (.indexed(28), .colors16, .named(2)),
            (.indexed(245), .colors16, .named(8)),
            (.indexed(3), .colors16, .named(3)), (.indexed(11), .colors8, .named(3)), (.named(14), .colors8, .named(6)),
            (.indexed(221), .colors8, .named(3)), (.named(14), .colors256, .named(14)),
            (.standard, .colors8, .standard),
            (.rgb(1, 2, 3), .direct, .rgb(1, 2, 3)), (.named(4), .monochrome, .standard),
            (.indexed(99), .colors256, .indexed(99)),
        ])
    func nearest(color: Color, depth: ColorDepth, expected: Color) {
        #expect(color.nearest(in: depth) == expected)
    }

    @Test(
        "What few colours would make unreadable becomes emphasis",
        arguments: [
            // Dark grey text would be black on black.
            (Style(foreground: .indexed(234)), ColorDepth.colors16, Style()),
            (Style(foreground: .named(8)), .colors8, Style(emphasis: .dim)),
            (Style(foreground: .named(12)), .colors8, Style(foreground: .named(4), emphasis: .bold)),
            // A dark grey background would be gone.
            (Style(foreground: .indexed(252), background: .indexed(236)), .colors16, Style(emphasis: .reverse)),
            (
                Style(foreground: .indexed(231), background: .indexed(24), emphasis: .bold), .colors8,
                Style(emphasis: [.bold, .reverse])
            ),
            // The terminal's own foreground on one of few backgrounds: nobody knows.
            (Style(background: .indexed(220)), .colors16, Style(emphasis: .reverse)),
            (Style(foreground: .indexed(45), background: .indexed(44)), .colors8, Style(emphasis: [.reverse, .bold])),
            (
                Style(foreground: .named(15), background: .named(0)), .colors16,
                Style(foreground: .named(15), background: .named(0))
            ),
            (
                Style(foreground: .named(0), background: .named(11)), .colors8,
                Style(foreground: .named(0), background: .named(3))
            ),
            (
                Style(foreground: .named(1), background: .named(3), emphasis: .bold), .monochrome,
                Style(emphasis: [.bold, .reverse])
            ),
            (Style(background: .named(3), emphasis: .reverse), .monochrome, Style()),
            (
                Style(foreground: .indexed(99), background: .indexed(236)), .colors256,
                Style(foreground: .indexed(99), background: .indexed(236))
            ),
        ])
    func reduced(style: Style, depth: ColorDepth, expected: Style) {
        #expect(style.reduced(to: depth) == expected)
    }

    @Test(
        "At no depth does any pair of colours become the same on the same",
        arguments: [
            ColorDepth.colors8, .colors16,
        ])
    func alwaysReadable(depth: ColorDepth) {
        for foreground in UInt8.min...UInt8.max {
            for background in stride(from: UInt8(1), to: 255, by: 7) where foreground != background {
                let style = Style(foreground: .indexed(foreground), background: .indexed(background)).reduced(to: depth)
                #expect(style.foreground != style.background || style == Style(emphasis: style.emphasis))
            }
        }
    }
}
