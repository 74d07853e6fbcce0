// What keeps mosquitto from starting, or from reading a line as it was meant. Each rule was tried on 2.0.11.
extension BrokerConfiguration {
    /// Lines that mosquitto reads otherwise than they look.
    var flaws: [ConfigurationFinding] {
        lines.compactMap { line in
            if line.key.hasPrefix("#") {
                return ConfigurationFinding(
                    .danger, line,
                    "A comment has to begin with the line: mosquitto does not start with blanks before #.",
                    todo: "Remove the blanks before #.")
            }
            if line.key.utf8.first == 0xEF, line.key.hasPrefix("\u{FEFF}") {
                return ConfigurationFinding(
                    .danger, line, "A byte order mark: mosquitto does not start with it.",
                    todo: "Save the file as UTF-8 without a byte order mark.")
            }
            guard let tab = line.key.firstIndex(of: "\t") else { return nil }
            let rest = line.key[tab...].split(separator: "\t") + line.value.split { $0 == "\t" || $0 == " " }
            let key = String(line.key[..<tab])
            let wanted = ConfigurationOptions.line(key, rest.joined(separator: " "))
            return ConfigurationFinding(
                .danger, line, "A tab where mosquitto wants a space: it does not start.",
                todo: key.isEmpty ? "Remove the tab." : "Change to: \(wanted)")
        }
    }

    /// Options that neither 2.0 nor 2.1 has, and those that only 2.1 has.
    var unknownOptions: [ConfigurationFinding] {
        var suggestions = 0
        return lines.compactMap { line in
            let isFlawed = line.key.hasPrefix("#") || line.key.contains("\t")
            guard !isFlawed, !line.key.hasPrefix("\u{FEFF}"), !ConfigurationOptions.known.contains(line.key) else {
                return nil
            }
            let name = Excerpt.of(line.key, limit: 40)
            if ConfigurationOptions.added.contains(line.key) {
                return ConfigurationFinding(
                    .note, line, "mosquitto 2.1 has \(name); 2.0 does not start with it.",
                    todo: "Remove the line on 2.0.")
            }
            guard !ConfigurationOptions.isKnown(line.key) else { return nil }
            suggestions += 1
            let isCheap = suggestions <= ConfigurationFinding.limit
            let meant = isCheap ? ConfigurationOptions.meant(by: line.key) : nil
            return ConfigurationFinding(
                .danger, line,
                "The option \(name) is known neither to mosquitto 2.0 nor to 2.1; 2.0 does not start with it.",
                todo: meant.map { "Change to: " + ConfigurationOptions.line($0, line.value) } ?? "Remove the line.")
        }
    }

    /// Values that mosquitto does not accept.
    var badValues: [ConfigurationFinding] {
        lines.compactMap { line in
            guard ConfigurationOptions.isKnown(line.key) else { return nil }
            let wanted: String
            switch line.key {
            case _ where line.value.isEmpty: wanted = "a value"
            case _ where ConfigurationOptions.flags.contains(line.key) && line.flag == nil: wanted = "true or false"
            case "log_dest" where !ConfigurationOptions.destinations.contains(line.word):
                wanted = "topic, syslog, stdout, stderr, file FILE or none"
            case "log_type" where !ConfigurationOptions.types.contains(line.word):
                wanted = "error, warning, notice, information, subscribe, unsubscribe, debug, websockets, all or none"
            case "protocol" where !["mqtt", "websockets", "http_api"].contains(line.word):
                wanted = "mqtt or websockets"
            case "sys_interval" where !(0...65_535).contains(line.integer): wanted = "0 to 65535"
            case "listener" where !(0...65_535).contains(line.integer) || Int(line.word) == nil: wanted = "a port"
            default: return nil
            }
            let value = line.value.isEmpty ? "nothing" : "'\(Excerpt.of(line.value, limit: 40))'"
            return ConfigurationFinding(
                .danger, line,
                "\(Excerpt.of(line.key, limit: 40)) wants \(wanted), not \(value): mosquitto does not start.",
                todo: "Change to: \(Excerpt.of(line.key, limit: 40)) with \(wanted)")
        }
    }

    /// Options that name a file without which mosquitto does not start.
    private static let fileOptions: Set = [
        "acl_file", "cafile", "certfile", "keyfile", "crlfile", "psk_file", "dhparamfile",
    ]

    /// The files it names without which mosquitto does not start, each once; password files are apart.
    package var namedFiles: Set<String> {
        Set(lines.filter { Self.fileOptions.contains($0.key) && !$0.value.isEmpty }.map(\.value))
    }

    /// Lines that name one of the files `absent`, which are not there.
    func absentFiles(_ absent: Set<String>) -> [ConfigurationFinding] {
        lines.filter { Self.fileOptions.contains($0.key) && absent.contains($0.value) }.map { line in
            ConfigurationFinding(
                .danger, line, "There is no file \(Excerpt.of(line.value)): mosquitto does not start.",
                todo: "Make it, or mend the line.")
        }
    }

    /// Second lines of options that mosquitto accepts only once.
    var duplicates: [ConfigurationFinding] {
        var seen: [String: ConfigurationLine] = [:]
        var (listener, bridge, isPerListener) = (0, 0, false)
        return lines.compactMap { line in
            switch line.key {
            case "listener": listener += 1
            case "connection": bridge += 1
            case "per_listener_settings": isPerListener = line.flag ?? isPerListener
            default: break
            }
            let key = ConfigurationOptions.synonyms[line.key] ?? line.key
            let scope: String
            if ConfigurationOptions.onceInAll.contains(key) || (key == "log_dest" && line.word == "file") {
                scope = ""
            } else if ConfigurationOptions.oncePerListener.contains(key) {
                scope = "l\(listener)"
            } else if ConfigurationOptions.oncePerDoor.contains(key) {
                scope = isPerListener ? "l\(listener)" : ""
            } else if ConfigurationOptions.oncePerBridge.contains(key) {
                scope = "b\(bridge)"
            } else {
                return nil
            }
            guard let first = seen.updateValue(line, forKey: scope + " " + key) else { return nil }
            seen[scope + " " + key] = first
            let place = first.file == line.file ? "line \(first.number)" : "\(Excerpt.of(first.file)):\(first.number)"
            let name = key == "log_dest" ? "log_dest file" : line.key
            return ConfigurationFinding(
                .danger, line, "A second \(name), after that of \(place): mosquitto 2.0 does not start.",
                todo: "Remove one of the two.")
        }
    }

    /// `include_dir` in a file that was itself included.
    var nestedIncludes: [ConfigurationFinding] {
        lines.filter { $0.key == "include_dir" && $0.file != file }.map { line in
            ConfigurationFinding(
                .note, line,
                "include_dir counts in the main file only: 2.0 passes over this one, 2.1 does not start.",
                todo: "Move the line to \(Excerpt.of(file)).")
        }
    }
}
