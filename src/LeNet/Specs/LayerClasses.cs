using System.Reflection;

namespace LeNetServe.Specs;

/// <summary>
/// One program's classes for layer records: the subclasses of <typeparamref name="TLayer"/> in its assembly. The first parameter of a
/// class's constructor is its record. Adding a class to a program's <c>Layers</c> folder is therefore enough.
/// </summary>
/// <typeparam name="TLayer">The program's base class.</typeparam>
public sealed class LayerClasses<TLayer>
    where TLayer : class
{
    private readonly Dictionary<Type, ConstructorInfo> byRecord = typeof(TLayer).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(TLayer)))
        .Select(type => type.GetConstructors().Single())
        .ToDictionary(constructor => constructor.GetParameters()[0].ParameterType);

    /// <summary>The records that have a class.</summary>
    public IReadOnlyCollection<Type> Records => byRecord.Keys;

    /// <summary>Makes the object for a record.</summary>
    /// <param name="layer">The record. A record derived from a known one has no class, because its further properties are unknown.</param>
    /// <param name="others">The further arguments; a constructor takes as many of them as it has parameters for.</param>
    /// <exception cref="SpecException">The program has no class for the record.</exception>
    public TLayer Create(LayerSpec layer, params object?[] others) => byRecord.TryGetValue(layer.GetType(), out var constructor)
        ? (TLayer)constructor.Invoke(
            BindingFlags.DoNotWrapExceptions, null, [layer, .. others.Take(constructor.GetParameters().Length - 1)], null)
        : throw new SpecException(
            $"layer {layer.Name}: {layer.GetType().Name} has no {typeof(TLayer).Name}, expected {string.Join(", ", Names)}");

    private IEnumerable<string> Names => byRecord.Keys.Select(record => record.Name).Order(StringComparer.Ordinal);
}
