// The files that say who may come in and see what, and what is out of date about them.
extension BrokerConfiguration {
    /// What is wrong with the password files.
    func passwordFindings(_ files: [PasswordFile]) -> [ConfigurationFinding] {
        var files = Dictionary(files.map { ($0.path, $0) }) { first, _ in first }
        return lines.filter { $0.key == "password_file" }.flatMap { line in
            // A file that several listeners share is looked at once.
            files.removeValue(forKey: line.value)?.findings(namedBy: line) ?? []
        }
    }

    /// What a watcher has to be allowed where access is restricted.
    var accessFiles: [ConfigurationFinding] {
        lines.filter { $0.key == "acl_file" }.map { line in
            ConfigurationFinding(
                .note, line,
                "Every subscription is granted, but what this file does not allow stays hidden; # is not $SYS.",
                todo: "Allow the watching user in \(Excerpt.of(line.value)): topic read # and topic read $SYS/#")
        }
    }

    /// Options that mosquitto still accepts, but not for long.
    var outdated: [ConfigurationFinding] {
        var findings: [ConfigurationFinding] = []
        if let line = last("per_listener_settings") {
            findings.append(
                ConfigurationFinding(
                    .note, line, "mosquitto 2.1 warns of per_listener_settings, even when it is false.",
                    todo: line.flag == true
                        ? "Keep it on 2.0; on 2.1 see listener_allow_anonymous." : "Remove the line."))
        }
        if let line = last("port") {
            findings.append(
                ConfigurationFinding(
                    .note, line, "port and bind_address are deprecated.",
                    todo: "Change to: listener \(Excerpt.of(line.word, limit: 10))"
                        + (last("bind_address").map { " " + Excerpt.of($0.value, limit: 60) } ?? "")))
        } else if let line = last("bind_address") {
            findings.append(
                ConfigurationFinding(
                    .note, line, "port and bind_address are deprecated.",
                    todo: "Change to: listener 1883 \(Excerpt.of(line.value, limit: 60))"))
        }
        return findings
    }
}
