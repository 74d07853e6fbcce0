import ArgumentParser
import Glibc
import Screen
import TOMLKit
import Themes

extension Themes {
    /// The theme `name`: the user's own, else a built-in one.
    static func load(_ name: String) throws -> Theme {
        if let path = userPath(name), access(path, R_OK) == 0 {
            do {
                return try parse(String(decoding: try File.read(path, limit: 1 << 20), as: UTF8.self), name: name)
            } catch let failure as File.Failure {
                throw ValidationError("The theme \(path) cannot be read: \(failure).")
            }
        }
        guard let builtIn = all.first(where: { $0.name == name }) else {
            let names = all.map(\.name).joined(separator: ", ")
            let place = userPath("NAME") ?? "~/.config/mqscope/themes/NAME.toml"
            throw ValidationError("There is no theme '\(name)': \(names), or a file \(place).")
        }
        return try parse(builtIn.toml, name: name)
    }

    /// `$XDG_CONFIG_HOME/mqscope/themes/<name>.toml`; `nil` for a name that is no plain file name.
    private static func userPath(_ name: String) -> String? {
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
        if let base = getenv("XDG_CONFIG_HOME"), base[0] != 0 {
            return String(cString: base) + "/mqscope/themes/\(name).toml"
        }
        guard let home = getenv("HOME") else { return nil }
        return String(cString: home) + "/.config/mqscope/themes/\(name).toml"
    }

    /// A theme from the text of its file.
    static func parse(_ text: String, name: String) throws -> Theme {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch {
            throw ValidationError("The theme '\(name)' is no valid TOML: \(error).")
        }
        guard let styles = table["styles"]?.table else {
            throw ValidationError("The theme '\(name)' has no [styles] table.")
        }
        let pairs = try styles.keys.sorted().map { role in
            guard let style = styles[role]?.string else {
                throw ValidationError("The theme '\(name)': the style of \(role) is no text.")
            }
            return (role: role, style: style)
        }
        do {
            return try Theme(name: name, styles: pairs)
        } catch {
            throw ValidationError("The theme '\(name)': \(error)")
        }
    }
}
