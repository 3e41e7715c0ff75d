using System.Text.Json;
using System.Text.Json.Serialization;

namespace LeNetServe;

/// <summary>A number of a JSON file. 1e999 is beyond a double's range; .NET reads it as infinity, which nothing can write again.</summary>
internal sealed class FiniteDouble : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble() is var number && double.IsFinite(number)
            ? number
            : throw new JsonException("beyond the range");

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}
