import Foundation
import MQTT
import MQTTClient
import TestSupport
import Testing

// The example of the documentation's front page, word for word.
// example {
func greet(port: Int) async throws {
    let endpoint = Endpoint(host: "localhost", port: port)
    let client = AsyncClient(ClientConfiguration(endpoint: endpoint, clientIdentifier: "example"))
    try await client.connect()

    let answers = try await client.subscribe([Subscription(try TopicFilter("greetings/#"), qos: .atLeastOnce)])
    guard case .granted = answers[0] else { return print("refused: \(answers[0])") }

    do {
        let message = Message(topic: try TopicName("greetings/first"), payload: Array("hello".utf8), qos: .atLeastOnce)
        let result = try await client.publish(message)
        print("acknowledged: \(result.reasonCode?.description ?? "at QoS 0 servers do not answer")")
    } catch RequestFailure.refused(let code, let reason) {
        print("refused: \(code) \(reason ?? "")")
    }

    for await batch in client.batches {
        for record in batch.records {
            let topic = String(decoding: batch.topic(record), as: UTF8.self)
            print(topic, String(decoding: batch.payload(record), as: UTF8.self))
        }
        break
    }
    await client.stop()
}
// } example

@Suite("Documentation")
struct DocumentationTests {
    private func text(_ path: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test("The example on the front page is the one that is compiled and run here")
    func exampleIsCompiled() throws {
        let page = try text("Sources/MQTTClient/MQTTClient.docc/MQTTClient.md")
        let source = try text("Tests/MQTTClientTests/DocumentationTests.swift")
        let example = try #require(source.split(separator: "// example {\n").dropFirst().first)
        let code = try #require(example.split(separator: "// } example").first)
        #expect(page.contains("```swift\nimport MQTT\nimport MQTTClient\n\n\(code)```\n"))
    }

    @Test("The example works against a real broker", .timeLimit(.minutes(1))) func exampleWorks() async throws {
        let broker = try Mosquitto()
        try await greet(port: broker.port)
        #expect(broker.log.contains("Client example disconnected."))
    }
}
