import Foundation
import Screen
import Testing
import Themes

/// The themes that come with the program.
@Suite struct ThemeFileTests {
    /// A theme file as it is: names on top, then `"role" = "style"` lines.
    private static func read(_ toml: String) -> (top: [String: String], styles: [(role: String, style: String)]) {
        var top: [String: String] = [:]
        var styles: [(role: String, style: String)] = []
        var isInStyles = false
        for line in toml.split(separator: "\n") {
            if line == "[styles]" { isInStyles = true }
            let parts = line.components(separatedBy: " = ").map { $0.trimmingCharacters(in: ["\""]) }
            guard parts.count == 2 else { continue }
            if isInStyles { styles.append((parts[0], parts[1])) } else { top[parts[0]] = parts[1] }
        }
        return (top, styles)
    }

    private static func theme(_ name: String) throws -> Theme {
        let toml = try #require(Themes.all.first { $0.name == name }?.toml)
        return try Theme(name: name, styles: read(toml).styles)
    }

    private static let depths: [ColorDepth] = [.monochrome, .colors8, .colors16, .colors256, .direct]

    @Test("The list holds each file of the folder, and each is complete and right", arguments: Themes.all.map(\.name))
    func complete(name: String) throws {
        let toml = try #require(Themes.all.first { $0.name == name }?.toml)
        let file = ThemeFileTests.read(toml)
        #expect(file.top["name"] == name)
        #expect(file.top["description"]?.isEmpty == false)
        _ = try Theme(name: name, styles: file.styles)
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let folder = here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".toml") }
        #expect(Set(files) == Set(Themes.all.map { $0.name + ".toml" }))
    }

    @Test("A style with a background says the foreground, too", arguments: Themes.all.map(\.name))
    func backgrounds(name: String) throws {
        let theme = try ThemeFileTests.theme(name)
        for role in Role.allCases where theme[role].background != .standard {
            #expect(theme[role].foreground != .standard, "\(name): \(role.name)")
        }
    }

    @Test("What must stand out does so with any number of colours", arguments: Themes.all.map(\.name))
    func differences(name: String) throws {
        let theme = try ThemeFileTests.theme(name)
        let pairs: [(Role, Role)] = [
            (.text, .selection), (.text, .selectionUnfocused), (.selection, .selectionUnfocused),
            (.title, .titleFocused),
            (.header, .headerAlert), (.topicValue, .topicValueChanged), (.logNotice, .logError), (.lossNone, .lossSome),
            (.text, .match), (.hint, .hintKey), (.field, .fieldFocused), (.topicValueOld, .topicValueChanged),
        ]
        for depth in ThemeFileTests.depths {
            for (one, other) in pairs {
                let styles = (theme[one].reduced(to: depth), theme[other].reduced(to: depth))
                #expect(styles.0 != styles.1, "\(name) at \(depth): \(one.name) and \(other.name)")
            }
        }
    }

    @Test("The mono theme has no colours")
    func mono() throws {
        let theme = try ThemeFileTests.theme("mono")
        for role in Role.allCases {
            #expect(theme[role].foreground == .standard && theme[role].background == .standard, "\(role.name)")
        }
    }

    @Test(
        "Text can be read on the background that the theme is made for",
        arguments: [
            ("default", Color.rgb(0, 0, 0), 4.0), ("default", .rgb(30, 30, 30), 3.2),
            ("light", .rgb(255, 255, 255), 3.4),
            ("high-contrast", .rgb(0, 0, 0), 5.0),
        ])
    func contrast(name: String, screen: Color, least: Double) throws {
        let theme = try ThemeFileTests.theme(name)
        for role in Role.allCases where role != .rule {
            let style = theme[role]
            let background = style.background == .standard ? screen : style.background
            let foreground =
                style.foreground == .standard
                ? (name == "light" ? .rgb(0, 0, 0) : .rgb(255, 255, 255)) : style.foreground
            let ratio = ThemeFileTests.contrast(foreground, background)
            #expect(ratio >= least, "\(name): \(role.name) has a contrast of \(ratio)")
        }
    }

    /// The ratio of WCAG 2.
    private static func contrast(_ one: Color, _ other: Color) -> Double {
        func luminance(_ color: Color) -> Double {
            guard let (red, green, blue) = color.components else { return 0 }
            func linear(_ value: UInt8) -> Double {
                let part = Double(value) / 255
                return part <= 0.03928 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
        }
        let (light, dark) = (max(luminance(one), luminance(other)), min(luminance(one), luminance(other)))
        return (light + 0.05) / (dark + 0.05)
    }
}
