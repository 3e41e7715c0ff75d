using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Film;

/// <summary>JSON of <c>film.jsonl</c>: one object per line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FilmFrame))]
internal sealed partial class FilmJson : JsonSerializerContext;
