import Broker
import Foundation
import TestSupport
import Testing

@testable import mqscope

/// Configurations as files, and what the real mosquitto does with the same ones.
@Suite("Configuration files")
final class ConfigurationFilesTests {
    private let folder = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString

    init() throws { try makeFolder("conf.d") }
    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: true)
    }

    @discardableResult
    private func write(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    private func failure(_ path: String) -> String {
        do {
            _ = try ConfigurationFiles(path: path)
            return ""
        } catch { return "\(error)" }
    }

    /// What mosquitto says of a configuration that it does not start with.
    private func mosquitto(_ path: String) throws -> Program {
        let program = try Program(Mosquitto.find("mosquitto"), ["-c", path])
        let code = try program.waitForExit()
        #expect(code != 0, "\(program.text)")
        return program
    }

    @Test("Files of include_dir are read in mosquitto's order, at the place of the line that names them")
    func includes() throws {
        let names = ["A", "a", "B", "b", "_x", "10", "9", "Zz", "zz", "ab", "aB", "Ab", "AB", "ä", "~", ".hidden"]
        for name in names { try write("conf.d/\(name).conf", "connection_messages true\n") }
        for name in [".conf", "a.CONF", "a.conf~", "notes"] { try write("conf.d/" + name, "nonsense\n") }
        let path = try write("m.conf", "log_dest topic\ninclude_dir \(folder)/conf.d\nnonsense\n")
        let lines = try ConfigurationFiles(path: path).configuration.lines
        #expect(lines.first?.key == "log_dest" && lines.last?.key == "nonsense")
        let ours = lines.filter { $0.key == "connection_messages" }.map(\.file)
        #expect(ours.count == names.count)
        // mosquitto names each file that it reads, and then what it does not know.
        let theirs = try mosquitto(path).lines.compactMap { line in
            line.range(of: "Loading config file ").map { String(line[$0.upperBound...]) }
        }
        #expect(ours == theirs)
    }

    @Test(
        "An option that mosquitto refuses to read twice is a danger, and mosquitto does refuse it",
        arguments: [
            "persistence_location /a", "persistence_file a", "pid_file /a", "user a", "log_timestamp_format %s",
            "log_dest file /a", "cafile /a", "capath /a", "certfile /a", "keyfile /a", "ciphers a", "crlfile /a",
            "ciphers_tls1.3 a", "dhparamfile /a", "http_dir /tmp", "mount_point a", "bind_interface lo",
            "tls_engine a", "tls_version tlsv1.2", "auto_id_prefix a", "psk_file /a", "acl_file /a", "password_file /a",
            "psk_hint a",
        ])
    func duplicates(line: String) throws {
        let path = try write("m.conf", "listener 1883 127.0.0.1\n\(line)\n\(line)\n")
        let files = try ConfigurationFiles(path: path)
        let findings = files.configuration.findings(passwordFiles: files.passwordFiles)
        #expect(findings.contains { $0.severity == .danger && $0.line == 3 && $0.what.hasPrefix("A second ") })
        let words = try mosquitto(path).text
        #expect(words.contains("Duplicate") && words.contains("m.conf:3"))
    }

    @Test(
        "A line that mosquitto does not start with is found, and mosquitto does not start with it",
        arguments: [
            "log_dest\ttopic", " # comment", "allow_anonymous yes", "log_dest", "log_dest topics", "log_type errors",
            "protocol websocket", "sys_interval -1", "connection_messages True", "\u{FEFF}log_dest topic",
            "log_dset topic",
            "listener 70000", "global_max_clients 5",
        ])
    func refused(line: String) throws {
        let path = try write("m.conf", line + "\n")
        let findings = try ConfigurationFiles(path: path).configuration.findings(passwordFiles: [])
        #expect(findings.contains { $0.line == 1 })
        #expect(try mosquitto(path).text.contains("m.conf:1"))
    }

    @Test("What cannot be read is said in one line") func failures() throws {
        #expect(
            failure(folder + "/none") == "The configuration \(folder)/none cannot be read: No such file or directory.")
        #expect(failure(folder) == "The configuration \(folder) cannot be read: it is a folder.")
        #expect(failure("/dev/zero") == "The configuration /dev/zero cannot be read: it is no ordinary file.")
        #expect(failure("a\u{1B}[m\n").hasPrefix("The configuration a\u{241B}[m\u{240A} cannot be read"))
        let binary = try write("binary", "listener 1883\n\u{0}\n")
        #expect(failure(binary).hasPrefix("The configuration \(binary) is no text: line 2 has a NUL byte"))
        let long = try write("long", String(repeating: "#", count: 1 << 20) + "\n")
        #expect(failure(long) == "The configuration \(long) cannot be read: it is longer than 1 MiB.")
        let fits = try write("fits", String(repeating: "#", count: 1 << 20))
        #expect(failure(fits) == "")
        let pipe = folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        #expect(failure(pipe) == "The configuration \(pipe) cannot be read: it is no ordinary file.")
    }

    @Test("What cannot be read of an include_dir is said with the line that names it") func includeFailures() throws {
        let path = try write("m.conf", "\ninclude_dir \(folder)/conf.d\n")
        let origin = "\(path):2: include_dir \(folder)/conf.d"
        try makeFolder("conf.d/x.conf")
        #expect(failure(path) == "\(origin)/x.conf cannot be read: it is a folder.")
        try FileManager.default.removeItem(atPath: folder + "/conf.d")
        #expect(failure(path) == "\(origin) cannot be read: No such file or directory.")
        // A loop of links is neither absent nor readable.
        #expect(symlink(folder + "/conf.d", folder + "/conf.d") == 0)
        #expect(failure(path) == "\(origin) cannot be read: Too many levels of symbolic links.")
        // Many files of less than the limit are too much in the end.
        try FileManager.default.removeItem(atPath: folder + "/conf.d")
        try makeFolder("conf.d")
        let text = String(repeating: "#", count: 1 << 20)
        for index in 0..<17 { try write("conf.d/\(index).conf", text) }
        #expect(failure(path).hasSuffix(": all files together are longer than 16 MiB."))
    }

    @Test("Password files are read with their permissions; one that is not there is a danger") func passwords() throws {
        let passwords = try write("pw", "ev3:$7$101$a$b\n", permissions: 0o644)
        let path = try write("m.conf", "password_file \(passwords)\n")
        var files = try ConfigurationFiles(path: path)
        #expect(files.passwordFiles.map(\.permissions) == [0o644])
        try write(
            "m.conf",
            "per_listener_settings true\nlistener 1\npassword_file /none\nlistener 2\npassword_file \(folder)\n")
        files = try ConfigurationFiles(path: path)
        let findings = files.configuration.findings(passwordFiles: files.passwordFiles).map(\.what)
        #expect(findings.contains("There is no password file /none: mosquitto does not start."))
        #expect(findings.contains { $0.hasSuffix("could not be checked: it is a folder.") })
    }
}
