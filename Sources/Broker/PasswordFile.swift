/// A password file that a configuration names, as far as it could be read.
package struct PasswordFile: Sendable {
    /// What is in it.
    package enum Content: Sendable {
        /// Its bytes.
        case bytes([UInt8])
        /// There is none.
        case absent
        /// Why it could not be read.
        case unreadable(String)
    }

    /// Its path, as the configuration names it.
    package let path: String
    /// What is in it.
    package let content: Content
    /// Its permission bits, such as `0o600`.
    package let permissions: UInt32

    /// A password file as it was found.
    package init(path: String, content: Content, permissions: UInt32 = 0) {
        self.path = path
        self.content = content
        self.permissions = permissions
    }

    /// How the hashes begin that mosquitto accepts: SHA-512, PBKDF2, and Argon2 of 2.1.
    private static let marks = ["$6$", "$7$", "$argon2id$"].map { Array($0.utf8) }

    /// Its users: the number of the line, the name, and whether the password is hashed. No password leaves this type.
    var users: [(line: Int, name: String, isHashed: Bool)] {
        guard case .bytes(let bytes) = content else { return [] }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return lines.enumerated().compactMap { index, line in
            guard line.first != UInt8(ascii: "#"), let colon = line.firstIndex(of: UInt8(ascii: ":")),
                colon > line.startIndex
            else { return nil }
            let secret = line[(colon + 1)...]
            let isHashed = Self.marks.contains { secret.starts(with: $0) }
            return (index + 1, Excerpt.of(String(decoding: line[..<colon], as: UTF8.self), limit: 40), isHashed)
        }
    }

    /// What is wrong with it; `line` names it.
    func findings(namedBy line: ConfigurationLine) -> [ConfigurationFinding] {
        let name = Excerpt.of(path)
        switch content {
        case .absent:
            return [
                ConfigurationFinding(
                    .danger, line, "There is no password file \(name): mosquitto does not start.",
                    todo: "Run: mosquitto_passwd -c \(name) NAME")
            ]
        case .unreadable(let reason):
            return [
                ConfigurationFinding(
                    .note, line, "The password file \(name) could not be checked: \(Excerpt.of(reason)).",
                    todo: "Look again as root.")
            ]
        case .bytes: break
        }
        let users = users
        var findings: [ConfigurationFinding] = []
        let clear = users.filter { !$0.isHashed }
        if let first = clear.first {
            let count = clear.count == 1 ? "" : " and of \(clear.count - 1) more"
            findings.append(
                ConfigurationFinding(
                    .danger, file: path, line: first.line,
                    "The password of \(first.name)\(count) is clear text: 2.0 refuses the user, 2.1 does not start.",
                    todo: "Run: mosquitto_passwd -U \(name)"))
        }
        if users.isEmpty {
            findings.append(
                ConfigurationFinding(
                    .missing, file: path, line: nil, "The password file has no user.",
                    todo: "Run: mosquitto_passwd \(name) NAME"))
        }
        if permissions & 0o007 != 0 {
            let mode = String(permissions & 0o7777, radix: 8)
            findings.append(
                ConfigurationFinding(
                    .danger, file: path, line: nil,
                    "Every user of the machine can read the password file (mode \(mode)).",
                    todo: "Run: chmod 0600 \(name) && chown mosquitto: \(name)"))
        }
        return findings
    }
}
