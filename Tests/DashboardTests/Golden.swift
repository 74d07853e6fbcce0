import Foundation
import Screen
import Testing

/// Compares a drawn surface with a file of two grids: what is written, and how it looks.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// The text that stands for a surface: glyphs, then a letter for each cell's look, then what the letters mean.
    static func text(_ surface: Surface) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var names: [String] = []
        var glyphs: [String] = []
        var looks: [String] = []
        for row in 0..<surface.size.rows {
            glyphs.append("|" + surface.line(row) + "|")
            var line = ""
            for column in 0..<surface.size.columns {
                let cell = surface[row, column]
                let name = cell.role.name + (cell.emphasis.isEmpty ? "" : " \(cell.emphasis.rawValue)")
                if !names.contains(name) { names.append(name) }
                line.append(letters[(names.firstIndex(of: name) ?? 0) % letters.count])
            }
            looks.append("|" + line + "|")
        }
        let legend = zip(letters, names).map { "\($0) \($1)" }
        return (glyphs + looks + legend).joined(separator: "\n") + "\n"
    }

    /// Fails when `surface` is not as recorded in `<name>.screen`. With UPDATE_GOLDEN=1 it is recorded, and fails too.
    static func expect(_ surface: Surface, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let text = text(surface)
        let file = folder.appending(path: "\(name)-\(surface.size.columns)x\(surface.size.rows).screen")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try? Data(text.utf8).write(to: file)
            Issue.record(
                "\(file.lastPathComponent) was recorded; look at it, then run again without UPDATE_GOLDEN",
                sourceLocation: sourceLocation)
            return
        }
        guard let recorded = try? String(contentsOf: file, encoding: .utf8) else {
            Issue.record(
                "\(file.lastPathComponent) is missing: UPDATE_GOLDEN=1 records it", sourceLocation: sourceLocation)
            return
        }
        guard recorded != text else { return }
        let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        var difference: [String] = []
        for index in 0..<max(old.count, new.count) where difference.count < 24 {
            let before = index < old.count ? old[index] : ""
            let after = index < new.count ? new[index] : ""
            if before != after { difference += ["\(index + 1) - \(before)", "\(index + 1) + \(after)"] }
        }
        Issue.record(
            "\(file.lastPathComponent) differs:\n\(difference.joined(separator: "\n"))", sourceLocation: sourceLocation)
    }
}
