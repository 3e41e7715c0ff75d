using System.Collections.Frozen;

namespace LeNetServe.InferenceServer.Api.OpenInference.Tensors;

/// <summary>Names and sizes of <see cref="TensorDatatype"/>.</summary>
internal static class TensorDatatypes
{
    private static readonly FrozenDictionary<string, TensorDatatype> ByName =
        Enum.GetValues<TensorDatatype>().Where(datatype => datatype != TensorDatatype.Invalid).ToFrozenDictionary(Name);

    /// <summary>Parses the protocol's name of a type; <see cref="TensorDatatype.Invalid"/> for an unknown name.</summary>
    public static TensorDatatype Parse(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Gets the protocol's name, such as FP32.</summary>
    public static string Name(this TensorDatatype datatype) => datatype.ToString().ToUpperInvariant();

    /// <summary>Gets the number of bytes of one element; 0 for <see cref="TensorDatatype.Bytes"/> and an unknown type.</summary>
    public static int Size(this TensorDatatype datatype) => datatype switch
    {
        TensorDatatype.Bool or TensorDatatype.UInt8 or TensorDatatype.Int8 => 1,
        TensorDatatype.UInt16 or TensorDatatype.Int16 or TensorDatatype.Fp16 or TensorDatatype.Bf16 => 2,
        TensorDatatype.UInt32 or TensorDatatype.Int32 or TensorDatatype.Fp32 => 4,
        TensorDatatype.UInt64 or TensorDatatype.Int64 or TensorDatatype.Fp64 => 8,
        _ => 0,
    };
}
