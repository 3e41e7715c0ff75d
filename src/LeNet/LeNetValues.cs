using System.Text.Json;
using System.Text.Json.Serialization;
using LeNetServe.Certainty;
using LeNetServe.Datasets;
using LeNetServe.Imaging;
using LeNetServe.Models;
using LeNetServe.Specs;

namespace LeNetServe;

/// <summary>
/// Contracts of the values and positional records in <see cref="LeNetJson"/>'s files, from the source generator. A program that is compiled
/// ahead of time has no code for them otherwise.
/// </summary>
[JsonSerializable(typeof(AnswerReference))]
[JsonSerializable(typeof(CoverageThreshold))]
[JsonSerializable(typeof(NoveltyRule))]
[JsonSerializable(typeof(DatasetIdentity))]
[JsonSerializable(typeof(Normalization))]
[JsonSerializable(typeof(TensorShape))]
[JsonSerializable(typeof(ActivationFunction))]
[JsonSerializable(typeof(Geometry))]
[JsonSerializable(typeof(PoolingKind))]
[JsonSerializable(typeof(WeightPrecision))]
[JsonSerializable(typeof(IReadOnlyList<IReadOnlyList<int>>))]
[JsonSerializable(typeof(IReadOnlyList<IReadOnlyList<sbyte>>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(byte))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(double?))]
internal sealed partial class LeNetValues : JsonSerializerContext;
