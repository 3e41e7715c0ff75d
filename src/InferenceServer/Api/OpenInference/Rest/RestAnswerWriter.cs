using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Writes the answer of <c>POST …/infer</c>.</summary>
internal static class RestAnswerWriter
{
    /// <summary>Writes the body.</summary>
    /// <returns>The body, and the length of its JSON if binary tensors follow; otherwise null.</returns>
    public static (ReadOnlyMemory<byte> Body, int? HeaderLength) Write(InferenceCall call, CallAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var binary = new List<byte[]>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (call.Id.Length > 0)
                json.WriteString("id", call.Id);
            json.WriteString("model_name", answer.Model);
            json.WriteString("model_version", answer.Version);
            json.WriteStartArray("outputs");
            foreach (var requested in CallOutputs.Resolve(call, answer.Model, answer.Facts))
            {
                json.WriteStartObject();
                json.WriteString("name", requested.Name);
                WriteTensor(json, requested, answer, binary);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        if (binary.Count == 0)
            return (buffer.WrittenMemory, null);
        var headerLength = buffer.WrittenCount;
        foreach (var data in binary)
            buffer.Write(data);
        return (buffer.WrittenMemory, headerLength);
    }

    private static void WriteTensor(Utf8JsonWriter json, RequestedOutput requested, CallAnswer answer, List<byte[]> binary)
    {
        var (outputs, width) = answer[requested.Name];
        var elements = requested.Classes > 0 ? Classification.Elements(outputs, answer.LabelsOf(requested.Name), requested.Classes) : null;
        var count = outputs.Length / width;
        json.WriteString("datatype", elements is null ? "FP32" : "BYTES");
        json.WriteStartArray("shape");
        json.WriteNumberValue(count);
        json.WriteNumberValue((elements?.Length ?? outputs.Length) / count);
        json.WriteEndArray();
        if (requested.Binary)
        {
            var data = elements is null ? MemoryMarshal.AsBytes(outputs.AsSpan()).ToArray() : Classification.Serialize(elements);
            binary.Add(data);
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", data.Length);
            json.WriteEndObject();
            return;
        }
        json.WriteStartArray("data");
        if (elements is null)
            foreach (var value in outputs)
                WriteNumber(json, value);
        else
            foreach (var element in elements)
                json.WriteStringValue(element);
        json.WriteEndArray();
    }

    // JSON has no numbers that are not finite.
    private static void WriteNumber(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }
}
