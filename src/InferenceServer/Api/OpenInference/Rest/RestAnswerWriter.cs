using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>Writes the answer of <c>POST …/infer</c>.</summary>
internal static class RestAnswerWriter
{
    /// <summary>Writes the body.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The served name.</param>
    /// <param name="version">The version that answered.</param>
    /// <param name="facts">The model.</param>
    /// <param name="outputs">N×classes.</param>
    /// <returns>The body, and the length of its JSON if binary tensors follow; otherwise null.</returns>
    public static (ReadOnlyMemory<byte> Body, int? HeaderLength) Write(
        InferenceCall call, string model, string version, ModelFacts facts, float[] outputs)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        var binary = new List<byte[]>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (call.Id.Length > 0)
                json.WriteString("id", call.Id);
            json.WriteString("model_name", model);
            json.WriteString("model_version", version);
            json.WriteStartArray("outputs");
            foreach (var requested in CallOutputs.Resolve(call, model, facts))
            {
                json.WriteStartObject();
                json.WriteString("name", requested.Name);
                WriteTensor(json, requested, facts, outputs, binary);
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

    private static void WriteTensor(Utf8JsonWriter json, RequestedOutput requested, ModelFacts facts, float[] outputs, List<byte[]> binary)
    {
        var elements = requested.Classes > 0 ? Classification.Elements(outputs, facts.Labels, requested.Classes) : null;
        var count = outputs.Length / facts.Classes;
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
