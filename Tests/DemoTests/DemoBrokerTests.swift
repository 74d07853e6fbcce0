import CLinux
import Demo
import Glibc
import MQTT
import MQTTClient
import Testing

/// Whether a process of this identifier exists and is no zombie.
private func isAlive(_ process: Int32) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return false }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 512)
    let count = fread(&buffer, 1, buffer.count, file)
    return !String(decoding: buffer[..<count], as: UTF8.self).contains(") Z ")
}

/// Waits at most `seconds` until `condition` holds; whether it does.
func waits(_ seconds: Double, until condition: () -> Bool) -> Bool {
    let deadline = clinux_now() + Int64(seconds * 1e9)
    while !condition() {
        guard clinux_now() < deadline else { return false }
        usleep(10_000)
    }
    return true
}

/// Whether something is at this path.
private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The permissions of what is at this path.
private func permissions(_ path: String) -> UInt32 {
    var information = stat()
    return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
}

@Suite("The demo's own mosquitto")
struct DemoBrokerTests {
    @Test("its files are for nobody else to read, and no password stands there in clear text")
    func files() throws {
        let broker = try DemoBroker()
        #expect(permissions(broker.folder) == 0o700)
        for name in ["passwd", "acl", "mosquitto.conf"] { #expect(permissions(broker.folder + "/" + name) == 0o600) }
        let file = try #require(fopen(broker.folder + "/passwd", "r"))
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let text = String(decoding: buffer[..<fread(&buffer, 1, buffer.count, file)], as: UTF8.self)
        #expect(text.split(separator: "\n").count == 8)
        #expect(text.contains("monitor:$") && !text.contains("demo-"))
    }

    @Test("it listens on the loopback interface only, at a port of its own")
    func ports() throws {
        let (one, other) = (try DemoBroker(), try DemoBroker())
        #expect(one.endpoint.host == "127.0.0.1" && one.endpoint.isLoopback)
        #expect(one.endpoint.port != other.endpoint.port)
        #expect(one.folder != other.folder)
        #expect(isAlive(one.processIdentifier) && isAlive(other.processIdentifier))
    }

    @Test("the same broker is reached by TLS, at the port after it, and by a unix domain socket")
    func transports() throws {
        let broker = try DemoBroker()
        let secure = try #require(broker.secureEndpoint)
        #expect(secure.port == broker.endpoint.port + 1 && secure.isLoopback)
        for endpoint in [secure, try #require(broker.unixEndpoint)] {
            var configuration = ClientConfiguration(endpoint: endpoint, clientIdentifier: "transports")
            configuration.userName = Demo.userName
            configuration.password = Array(Demo.password.utf8)
            configuration.tls.authorityFile = broker.authorityFile
            let inbox = Inbox()
            let client = Client(configuration: configuration, inbox: inbox)
            client.start()
            let isConnected = waits(10) {
                inbox.take().contains { if case .status(.connected) = $0 { true } else { false } }
            }
            #expect(isConnected, "\(endpoint)")
            client.stop(timeoutMilliseconds: 1_000)
        }
        for name in ["ca.key", "server.key"] { #expect(permissions(broker.folder + "/" + name) == 0o600) }
    }

    @Test("without openssl the broker is there all the same, without TLS")
    func withoutOpenSSL() throws {
        let folder = "/tmp/mqscope-tests-" + String(clinux_random(), radix: 36)
        #expect(mkdir(folder, 0o700) == 0)
        defer {
            for name in ["mosquitto", "mosquitto_passwd"] { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        let places = ["/usr/local/sbin", "/usr/sbin", "/usr/local/bin", "/usr/bin"]
        for name in ["mosquitto", "mosquitto_passwd"] {
            #expect(symlink(try DemoBroker.find(name, in: places), folder + "/" + name) == 0)
        }
        let broker = try DemoBroker(searching: [folder])
        #expect(broker.secureEndpoint == nil)
        #expect(isAlive(broker.processIdentifier))
    }

    @Test("a normal end leaves neither process nor folder")
    func stop() throws {
        let broker = try DemoBroker()
        broker.stop()
        #expect(!isAlive(broker.processIdentifier))
        #expect(!exists(broker.folder))
        broker.stop()
    }

    @Test("kill -9 of the process that holds it leaves neither process nor folder")
    func killed() throws {
        let broker = try DemoBroker()
        // The pipe goes to another process, which then dies as mqscope would: its end is closed by the kernel alone.
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("1000")]
        defer { for argument in arguments { free(argument) } }
        var holder: Int32 = 0
        let failure = clinux_spawn(
            arguments.map { UnsafePointer($0) } + [nil], nil, -1, broker.lifeline, -1, &holder)
        #expect(failure == 0)
        close(broker.lifeline)
        broker.lifeline = -1
        usleep(200_000)
        #expect(isAlive(broker.processIdentifier) && exists(broker.folder))
        kill(holder, SIGKILL)
        #expect(waits(3) { !isAlive(broker.processIdentifier) && !exists(broker.folder) })
        var code: Int32 = 0
        #expect(clinux_wait(holder, 1_000, &code) == 1)
    }

    @Test("a broker that does not listen to SIGTERM is ended all the same")
    func stubborn() throws {
        let broker = try DemoBroker()
        kill(broker.processIdentifier, SIGSTOP)
        broker.stop()
        #expect(!isAlive(broker.processIdentifier))
        #expect(!exists(broker.folder))
    }

    @Test("a broker that dies by itself leaves no folder after the end")
    func died() throws {
        let broker = try DemoBroker()
        kill(broker.processIdentifier, SIGKILL)
        #expect(waits(3) { !isAlive(broker.processIdentifier) })
        broker.stop()
        #expect(!exists(broker.folder))
    }

    @Test("without mosquitto one line says what to install")
    func missing() {
        let failure = #expect(throws: DemoFailure.self) { try DemoBroker(searching: ["/nonexistent", "relative"]) }
        #expect(failure == .notInstalled(program: "mosquitto"))
        let text = failure?.description ?? ""
        #expect(text.contains("apt install mosquitto") && !text.contains("\n"))
    }

    @Test("a search path without a folder for system programs is completed, one with such a folder is taken as it is")
    func places() {
        #expect(
            DemoBroker.places(path: "/usr/local/bin:/usr/bin")
                == ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/usr/local/sbin"])
        #expect(DemoBroker.places(path: "") == ["/usr/sbin", "/usr/local/sbin"])
        #expect(DemoBroker.places(path: "/opt/mosquitto/sbin:/usr/bin") == ["/opt/mosquitto/sbin", "/usr/bin"])
    }

    @Test("a mosquitto that ends at once is quoted")
    func failing() throws {
        let folder = "/tmp/mqscope-tests-" + String(clinux_random(), radix: 36)
        #expect(mkdir(folder, 0o700) == 0)
        defer {
            for name in ["mosquitto", "mosquitto_passwd"] { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        let programs = [("mosquitto", "echo '1795479112: Error: no' >&2; exit 3"), ("mosquitto_passwd", "exit 0")]
        for (name, text) in programs {
            let file = try #require(fopen(folder + "/" + name, "w"))
            fputs("#!/bin/sh\n\(text)\n", file)
            fclose(file)
            chmod(folder + "/" + name, 0o700)
        }
        let failure = #expect(throws: DemoFailure.self) { try DemoBroker(searching: [folder]) }
        #expect(failure == .brokerEnded(lines: ["Error: no"]))
        #expect(failure?.description == "mosquitto ended at once: Error: no")
    }
}
