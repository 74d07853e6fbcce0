import Payloads
import Testing

@Suite struct PayloadPreviewTests {
    @Test func anEmptyPayloadIsNamed() { #expect(payloadPreview([], limit: 10) == "‹empty›") }
}
