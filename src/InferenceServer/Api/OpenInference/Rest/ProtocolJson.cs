using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace LeNetServe.InferenceServer.Api.OpenInference.Rest;

/// <summary>
/// Writes messages as Triton's JSON: the names of the proto file, 64-bit numbers as numbers (protobuf's JSON writes text), enums by name,
/// and values even if they are zero.
/// </summary>
internal static class ProtocolJson
{
    /// <summary>Writes a message as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, IMessage message)
    {
        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (value is null || (field.HasPresence && !field.Accessor.HasValue(message))
                || (field.IsMap && ((IDictionary)value).Count == 0))
                continue;
            json.WritePropertyName(field.Name);
            if (field.IsMap)
                WriteMap(json, field, (IDictionary)value);
            else if (field.IsRepeated)
                WriteList(json, field, (IList)value);
            else
                WriteValue(json, field, value);
        }
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, FieldDescriptor field, IDictionary map)
    {
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(entry.Key.ToString()!);
            WriteValue(json, field.MessageType.FindFieldByNumber(2), entry.Value!);
        }
        json.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter json, FieldDescriptor field, IList list)
    {
        json.WriteStartArray();
        foreach (var element in list)
            WriteValue(json, field, element!);
        json.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter json, FieldDescriptor field, object value)
    {
        switch (value)
        {
            case IMessage message:
                Write(json, message);
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case uint number:
                json.WriteNumberValue(number);
                break;
            case Enum number:
                json.WriteStringValue(field.EnumType.FindValueByNumber(Convert.ToInt32(number)).Name);
                break;
            default:
                throw new InvalidOperationException($"{field.FullName} is a {value.GetType()}, expected a type of the protocol");
        }
    }
}
