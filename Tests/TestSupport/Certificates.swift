import Foundation

/// Certificates and keys for one test, made by openssl: an authority `ca` and whoever it is to vouch for.
package final class Certificates {
    /// The folder they lie in, which goes when they do.
    package let directory: String

    /// An authority called `name`, in the files `ca.crt` and `ca.key`.
    package init(authority name: String = "Lab CA") throws {
        directory = NSTemporaryDirectory() + "mqscope-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory + "/issued", withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let configuration = """
            [ca]
            default_ca = lab
            [lab]
            dir = \(directory)
            new_certs_dir = \(directory)/issued
            database = \(directory)/index.txt
            rand_serial = yes
            default_md = sha256
            policy = any
            unique_subject = no
            [any]
            commonName = supplied
            organizationName = optional
            [req]
            distinguished_name = name
            [name]
            """
        try configuration.write(toFile: path("openssl.cnf"), atomically: true, encoding: .utf8)
        try "".write(toFile: path("index.txt"), atomically: true, encoding: .utf8)
        try openssl(
            ["req", "-x509", "-config", path("openssl.cnf"), "-days", "30", "-subj", "/CN=\(name)/O=Robots"]
                + newKey("ca") + ["-out", path("ca.crt"), "-addext", "basicConstraints=critical,CA:TRUE"])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// The path of one of the files.
    package func path(_ file: String) -> String { directory + "/" + file }

    /// A certificate for `names` (`DNS:…,IP:…`) of the subject `CN=name`, in `name.crt` and `name.key`, valid from and to
    /// the given dates (`YYYYMMDD`), signed by the authority in the files of the name `authority`.
    package func issue(
        _ name: String, names: String = "DNS:localhost,IP:127.0.0.1,IP:::1", from: String? = nil,
        to: String = "20991231", by authority: String = "ca"
    ) throws {
        try sign(name, "subjectAltName=\(names)", from: from, to: to, by: authority)
    }

    /// An intermediate authority of the subject `CN=name`, signed by `ca`, in `name.crt` and `name.key`.
    package func issueAuthority(_ name: String, from: String? = nil, to: String = "20991231") throws {
        try sign(name, "basicConstraints=critical,CA:TRUE", from: from, to: to, by: "ca")
    }

    /// Puts the certificate of `authority` behind what is in `name.crt`, as servers send a chain.
    package func append(_ authority: String, to name: String) throws {
        let texts = try [name, authority].map { try String(contentsOfFile: path($0 + ".crt"), encoding: .utf8) }
        try texts.joined().write(toFile: path(name + ".crt"), atomically: true, encoding: .utf8)
    }

    private func sign(_ name: String, _ extensions: String, from: String?, to: String, by authority: String) throws {
        try openssl(
            ["req", "-new", "-config", path("openssl.cnf"), "-subj", "/CN=\(name)"] + newKey(name)
                + ["-out", path(name + ".csr")])
        try (extensions + "\n").write(toFile: path(name + ".ext"), atomically: true, encoding: .utf8)
        let start = from.map { ["-startdate", $0 + "000000Z"] } ?? []
        try openssl(
            [
                "ca", "-batch", "-notext", "-config", path("openssl.cnf"), "-cert", path(authority + ".crt"),
                "-keyfile",
                path(authority + ".key"), "-extfile", path(name + ".ext"), "-enddate", to + "235959Z",
            ] + start + ["-in", path(name + ".csr"), "-out", path(name + ".crt")])
    }

    /// The private key of `name`, encrypted with `passphrase`, in the file `file`: in the form of today (PKCS #8), or in
    /// that of former times.
    package func encrypt(_ name: String, to file: String, passphrase: String, isTraditional: Bool = false) throws {
        try openssl(
            ["pkey", "-in", path(name + ".key"), "-aes256", "-passout", "pass:" + passphrase, "-out", path(file)]
                + (isTraditional ? ["-traditional"] : []))
    }

    /// A folder of authorities as openssl makes it, with `ca.crt` in it.
    package func authorityFolder() throws -> String {
        let folder = path("authorities")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path("ca.crt"), toPath: folder + "/ca.crt")
        try openssl(["rehash", folder])
        return folder
    }

    /// What openssl says is the fingerprint of `name`.
    package func fingerprint(_ name: String) throws -> String {
        let program = try Program("openssl", ["x509", "-noout", "-fingerprint", "-sha256", "-in", path(name + ".crt")])
        try program.waitForExit()
        return program.text.split(separator: "=").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    }

    /// The lines of a mosquitto listener for TLS with the certificate of `name`.
    package func listener(_ name: String, port: Int) -> [String] {
        [
            "listener \(port) 127.0.0.1", "cafile \(path("ca.crt"))", "certfile \(path(name + ".crt"))",
            "keyfile \(path(name + ".key"))",
        ]
    }

    private func newKey(_ name: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path(name + ".key")]
    }

    private func openssl(_ arguments: [String]) throws {
        try ServerProcess.run(ServerProcess.find("openssl"), arguments)
    }
}
